// Planted faults in logs, and healthy logs that stay silent.
#include "diag/nccl_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/diag/nccl_text_of.h"

namespace plumb::diag {
namespace {

using testing::HasSubstr;

void expect_one(const std::string& log, const std::string& check, const std::string& subject,
                const std::string& words) {
  const auto found = findings_of(log);
  ASSERT_EQ(found.size(), 1U) << check << ": " << (found.empty() ? "none" : found[1].row.check + found[1].row.observed);
  EXPECT_EQ(found[0].row.check, check);
  EXPECT_EQ(found[0].row.subject, subject) << check;
  EXPECT_THAT(found[0].row.observed + " | " + found[0].row.expected, HasSubstr(words)) << check;
  EXPECT_THAT(found[0].evidence, HasSubstr("job.log:")) << check;
  EXPECT_FALSE(found[0].row.advice.empty()) << check;
}

TEST(NcclChecks, HealthyJobsAreSilentAndSayWhatRan) {
  for (const int hosts : {1, 2, 4}) {
    const auto checks = checks_of(healthy_log(hosts, 8));
    EXPECT_TRUE(findings_of(healthy_log(hosts, 8)).empty()) << hosts;
    const auto seen = [&](const std::string& check) {
      for (const auto& one : checks) {
        if (one.row.check == check) {
          return one.row.observed;
        }
      }
      return std::string();
    };
    EXPECT_EQ(seen("nccl_version"), "2.28.9+cuda13.0");
    EXPECT_EQ(seen("nccl_algorithms"), "AllReduce NVLS SIMPLE 1");
    EXPECT_THAT(seen("nccl_transports"), HasSubstr("P2P/CUMEM"));
    if (hosts > 1) {
      EXPECT_THAT(seen("nccl_transports"), HasSubstr("NET/IB/GDRDMA"));
    }
  }
}

TEST(NcclChecks, OldLogsWithoutIdsAndStartsAreSilent) {
  std::string log;
  for (int rank = 0; rank < 2; ++rank) {
    const auto head = fmt::format("n0{}:1:2 [0] NCCL INFO ", rank + 1);
    log += head + "Bootstrap : Using [0]eth0:10.0.0.1<0>\n" + head +
           "NET/IB : Using [0]mlx5_0:1/IB ; OOB eth0:10.0.0.1<0>\n" + head +
           "Channel 00 : 0[1a000] -> 1[1a000] [receive] via NET/IB/0/GDRDMA\n" + head +
           fmt::format("comm 0x7f00 rank {} nranks 2 cudaDev 0 busId 1a000 - Init COMPLETE\n", rank);
  }
  EXPECT_TRUE(findings_of(log).empty());
}

TEST(NcclChecks, SocketFallbackSaysWhy) {
  const auto fallen = replaced_in(replaced_in(healthy_log(4, 2), "n03:", "via NET/IB/0/GDRDMA", "via NET/Socket/0"),
                                  "n03:", "via NET/IB/1/GDRDMA", "via NET/Socket/0");
  expect_one(fallen, "nccl_socket_fallback", "host/n03", "2 of 2 GPUs over TCP sockets");
  const auto why = [&](const std::string& line) { return "n03:1004:1 [0] NCCL INFO " + line + "\n" + fallen; };
  expect_one(why("Failed to open libibverbs.so[.1]"), "nccl_socket_fallback", "host/n03", "libibverbs was not found");
  expect_one(why("NET/IB : No device found."), "nccl_socket_fallback", "host/n03", "found no device");
  const auto off = findings_of(why("NCCL_IB_DISABLE set by environment to 1."));
  ASSERT_FALSE(off.empty());
  EXPECT_EQ(off[0].row.status, "warn");
  EXPECT_THAT(off[0].row.observed, HasSubstr("NCCL_IB_DISABLE=1"));
}

TEST(NcclChecks, SocketsWithinOneHostAreNoFault) {
  EXPECT_TRUE(findings_of(replaced(healthy_log(1, 4), "Using network IB", "Using network Socket")).empty());
}

TEST(NcclChecks, GpuDirectMissing) {
  const auto staged = replaced_in(healthy_log(2, 4), "n02:1006:", "/GDRDMA", "");
  expect_one(staged, "nccl_no_gpudirect", "gpu/n02/2", "1 of 4 GPUs (2) receive through host memory");
  const auto all = replaced_in(healthy_log(2, 4), "n02:", "/GDRDMA", "");
  expect_one("n02:1004:1 [0] NCCL INFO NET/IB : GPU Direct RDMA Disabled for HCA 0 'mlx5_0'\n" + all,
             "nccl_no_gpudirect", "host/n02", "cannot reach GPU memory");
}

TEST(NcclChecks, NicsMissingAndIdle) {
  const auto missing = replaced_in(healthy_log(3, 4), "n02:", " [3]mlx5_3:1/RoCE", "");
  expect_one(missing, "nccl_nics_differ", "nic/n02/mlx5_3", "3 NICs, none called mlx5_3");
  const auto idle = replaced_in(replaced_in(healthy_log(3, 4), "n02:1007:", "NET/IB/3/", "NET/IB/2/"),
                                "n02:1007:", "(distance 9 <= 7)", "(distance 4 <= 7)");
  expect_one(idle, "nccl_nics_idle", "host/n02", "traffic over 3 NICs");
}

TEST(NcclChecks, FarNic) {
  const auto far = replaced_in(replaced_in(healthy_log(2, 2), "n02:1002:", "NET/IB/0/", "NET/IB/1/"),
                               "n02:1003:", "NET/IB/1/", "NET/IB/0/");
  const auto found = findings_of(far);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].row.check, "nccl_far_nic");
  EXPECT_EQ(found[0].row.subject, "gpu/n02/0");
  EXPECT_EQ(found[0].row.observed, "uses mlx5_1, of distance 9");
}

TEST(NcclChecks, WrongInterface) {
  auto log = replaced_in(healthy_log(2, 1), "n02:", "Bootstrap: Using eth0", "Bootstrap: Using docker0");
  const auto found = findings_of(log);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].row.check, "nccl_interface");
  EXPECT_EQ(found[0].row.subject, "host/n02");
  EXPECT_EQ(found[1].row.check, "nccl_interface_differs");
}

TEST(NcclChecks, HostMemoryInsteadOfPeerToPeer) {
  expect_one(replaced_in(healthy_log(3, 2), "n02:", "via P2P/CUMEM/read", "via SHM/direct/direct"), "nccl_no_p2p",
             "host/n02", "through host memory");
}

TEST(NcclChecks, DifferingVersionsBuildsDriversAndEnvironments) {
  expect_one(replaced_in(healthy_log(3, 2), "n02:", "2.28.9+cuda13.0", "2.27.7+cuda12.9"), "nccl_version_differs",
             "host/n02", "version 2.27.7+cuda12.9 | 2.28.9+cuda13.0 as on 2 of 3 hosts");
  expect_one(replaced_in(healthy_log(3, 2), "n02:", "cudaDriverVersion 13000", "cudaDriverVersion 12040"),
             "nccl_driver_differs", "host/n02", "driver 12040");
  expect_one(replaced_in(healthy_log(3, 2), "n03:", "GID_INDEX set by environment to 3.",
                         "GID_INDEX set by environment to 1."),
             "nccl_environment_differs", "host/n03", "NCCL_IB_GID_INDEX=1 | 3 as on 2 of 3 hosts");
  expect_one(replaced_in(healthy_log(3, 2), "n03:", "support is available", "support is not available"),
             "nccl_nvls_differs", "host/n03", "not available");
  const auto unset = findings_of(without(healthy_log(4, 2), {"n03:", "GID_INDEX"}));
  ASSERT_EQ(unset.size(), 1U);
  EXPECT_EQ(unset[0].row.observed, "NCCL_IB_GID_INDEX not set");
}

TEST(NcclChecks, NicThatIsSlowerThanItsNamesakes) {
  std::string log = healthy_log(3, 1);
  for (const auto* host : {"n01:1000", "n02:1001", "n03:1002"}) {
    log += fmt::format(
        "{}:1 [0] NCCL INFO NET/IB: [0] mlx5_0:uverbs0:1/RoCE provider=Mlx5 speed={} context=0x1 pciPath=/sys ar=0\n",
        host, std::string(host) == "n02:1001" ? 200000 : 400000);
  }
  expect_one(log, "nccl_nic_speed", "nic/n02/mlx5_0", "200000");
}

TEST(NcclChecks, RanksThatDidNotEndTheirInit) {
  expect_one(without(healthy_log(2, 4), {"n02:1006:", "Init COMPLETE"}), "nccl_hung_init", "host/n02", "rank 6 of 8");
  expect_one(without(healthy_log(2, 4), {"Init COMPLETE"}), "nccl_hung_init", "",
             "8 of 8 ranks began init and none ended it");
  const auto missing = without(without(healthy_log(2, 4), {"Init COMPLETE"}), {"n02:1006:"});
  expect_one(missing, "nccl_hung_missing_ranks", "", "7 of 8 ranks began init and none ended it; rank 6 never began");
}

TEST(NcclChecks, LogsOfSomeRanksAreNoFault) { EXPECT_TRUE(findings_of(without(healthy_log(2, 4), {"n02:"})).empty()); }

TEST(NcclChecks, OneHostTakenForSeveral) {
  expect_one(replaced(healthy_log(1, 4), "nNodes 1", "nNodes 4"), "nccl_host_split", "host/n01", "takes 1 hosts for 4");
}

TEST(NcclChecks, SplitCommunicatorsAreToldByTheirParents) {
  std::string log = healthy_log(1, 4);
  for (const auto* state : {"START", "COMPLETE"}) {
    for (int rank = 0; rank < 4; ++rank) {
      const bool is_stuck = rank == 3 && std::string(state) == "COMPLETE";
      log += is_stuck
                 ? ""
                 : fmt::format(
                       "n01:{}:1 [{}] NCCL INFO ncclCommSplit comm 0x77{} rank {} nranks 2 cudaDev {} nvmlDev {} busId "
                       "1000 parent 0x55d96{:05x} splitCount 1 color {} key {} - Init {}\n",
                       1000 + rank, rank, rank, rank % 2, rank, rank, rank, rank / 2, rank, state);
    }
  }
  expect_one(log, "nccl_hung_init", "host/n01", "rank 1 of 2 began init");
}

struct Planted {
  const char* line;  // behind "n02:1003:9 [1] "
  const char* check;
  const char* subject;
};

constexpr Planted kPlanted[] = {
    {"transport/net_ib.cc:1 NCCL WARN NET/IB : Got completion from peer 10.0.0.1<4> with error 12, opcode 0, len 0, "
     "vendor err 129",
     "nccl_net_retry_exceeded", "host/n02"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB: Got completion from peer 10.0.0.1<4> with "
     "status=IBV_WC_RETRY_EXC_ERR(12) opcode=IBV_WC_SEND(0) reqSize=0 vendor_err=129 req_type=Send localGid ::1 "
     "remoteGids::2 hca mlx5_1",
     "nccl_net_retry_exceeded", "nic/n02/mlx5_1"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB: Got completion from peer 10.0.0.1<4> with status=1 opcode=2 len=3 vendor "
     "err 4 (Recv) hca mlx5_1",
     "nccl_net_local_length", "nic/n02/mlx5_1"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB: Got completion from peer 10.0.0.1<4> with status=4 opcode=2 len=3 vendor "
     "err 81 (Send)",
     "nccl_net_local_protection", "host/n02"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB: Got completion from peer 10.0.0.1<4> with status=10 opcode=2 len=3 "
     "vendor err 136 (Send)",
     "nccl_net_remote_access", "host/n02"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB: Got completion from peer 10.0.0.1<4> with status=13 opcode=2 len=3 "
     "vendor err 135 (Send)",
     "nccl_net_rnr_exceeded", "host/n02"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_modify_qp failed with 110 Connection timed out, on dev mlx5_1:1, curr "
     "state INIT, next state RTR, local GID index 3",
     "nccl_net_qp_timeout", "nic/n02/mlx5_1"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_modify_qp failed with error Invalid argument errno 22",
     "nccl_gid_invalid", "host/n02"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_modify_qp failed with error Network is unreachable errno 101",
     "nccl_gid_no_route", "host/n02"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_modify_qp failed with error No data available errno 61", "nccl_gid_empty",
     "host/n02"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_reg_mr_iova2 failed with error Cannot allocate memory errno 12",
     "nccl_memlock", "host/n02"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_create_cq failed with error Cannot allocate memory", "nccl_memlock",
     "host/n02"},
    {"misc/ibvwrap.cc:1 NCCL WARN Call to ibv_reg_mr failed with error Bad address errno 14", "nccl_peermem",
     "host/n02"},
    {"misc/shmutils.cc:1 NCCL WARN Error: failed to extend /dev/shm/nccl-WU88OE to 9637892 bytes, error: No space left "
     "on device (28)",
     "nccl_shm_full", "host/n02"},
    {"misc/shmutils.cc:1 NCCL WARN Error while attaching to shared memory segment /dev/shm/nccl-a (size 1), error: No "
     "such file or directory (2)",
     "nccl_shm_not_shared", "host/n02"},
    {"transport/nvls.cc:1 NCCL WARN Failed to bind NVLink SHARP (NVLS) Multicast memory of size 2097152 : CUDA error "
     "401 'the operation cannot be performed in the present state'.",
     "nccl_nvls", "host/n02"},
    {"init.cc:1 NCCL WARN Cuda failure 802 'system not yet initialized'", "nccl_fabric_manager", "host/n02"},
    {"include/alloc.h:1 NCCL WARN Cuda failure 2 'out of memory'", "nccl_gpu_memory", "gpu/n02/1"},
    {"init.cc:1 NCCL WARN Cuda failure 'uncorrectable ECC error encountered'", "nccl_gpu_error", "gpu/n02/1"},
    {"init.cc:1 NCCL WARN Cuda failure 700 'an illegal memory access was encountered'", "nccl_cuda_error", "gpu/n02/1"},
    {"init.cc:1 NCCL WARN Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 18000", "nccl_duplicate_gpu",
     "host/n02"},
    {"init.cc:1 NCCL WARN Mismatched NCCL version detected : rank 1 version 22809 rank 0 version 22707",
     "nccl_version_mismatch", "host/n02"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB : req 0/1 tag 1 peer 10.0.0.1<4> collective mismatch error, local size 4 "
     "remote size 8",
     "nccl_mismatched_collectives", "host/n02"},
    {"bootstrap.cc:1 NCCL WARN Message truncated : received 1024 bytes instead of 256", "nccl_mismatched_collectives",
     "host/n02"},
    {"misc/socket.cc:1 NCCL WARN socketStartConnect: Connect to 10.0.0.1<4> failed : Connection refused",
     "nccl_refused", "host/n02"},
    {"misc/socket.cc:1 NCCL WARN socketStartConnect: Connect to 172.17.0.1<4> failed : No route to host",
     "nccl_unreachable", "host/n02"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB : mlx5_1:1 Got async event : port error", "nccl_net_port_event",
     "nic/n02/mlx5_1"},
    {"transport/net_ib.cc:1 NCCL WARN NET/IB : Unable to open device mlx5_1", "nccl_device_access", "host/n02"},
    {"misc/socket.cc:1 NCCL WARN socketFinalizeAccept from 10.0.0.9<4>: wrong type 4 != 3", "nccl_other_client",
     "host/n02"},
    {"init.cc:1 (initTransportsRank) NCCL WARN MNNVL (cliqueSize 8) is available but not working on this system. Check "
     "the IMEX channel configuration",
     "nccl_imex", "host/n02"},
    {"init.cc:1 NCCL WARN something that is new in 2.31", "nccl_warning", "host/n02"},
};

TEST(NcclChecks, EachWarningHasItsCause) {
  for (const auto& planted : kPlanted) {
    const auto log = healthy_log(2, 2) + "n02:1003:9 [1] " + planted.line + "\n";
    expect_one(log, planted.check, planted.subject, "");
  }
}

TEST(NcclChecks, WhatOnlyFollowsIsLeftOutWhereACauseIsKnown) {
  const std::string follows =
      "n01:1000:9 [0] misc/socket.cc:49 NCCL WARN socketProgress: Connection closed by remote peer n02<42830>\n"
      "n01:1000:9 [0] proxy.cc:1 NCCL WARN [Proxy Service 0] Failed to execute operation Connect from rank 0, retcode "
      "6\n";
  EXPECT_EQ(findings_of(healthy_log(2, 2) + follows).size(), 2U);
  expect_one(healthy_log(2, 2) + follows + "n02:1003:9 [1] a.cc:1 NCCL WARN Cuda failure 2 'out of memory'\n",
             "nccl_gpu_memory", "gpu/n02/1", "rank 3");
}

std::string timeout(int rank, const char* operation, int number, int enqueued) {
  return fmt::format(
      "[rank{0}]:[E321 02:07:08.408 ProcessGroupNCCL.cpp:607] [Rank {0}] Watchdog caught collective operation timeout: "
      "WorkNCCL(SeqNum={2}, OpType={1}, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600060 milliseconds before "
      "timing out.\n"
      "[rank{0}]:[E321 02:07:08.465 ProcessGroupNCCL.cpp:1664] [PG 1 Rank {0}] Exception (either an error or timeout) "
      "detected by "
      "watchdog at work: {2}, last enqueued NCCL work: {3}, last completed NCCL work: {4}.\n",
      rank, operation, number, enqueued, number - 1);
}

TEST(NcclChecks, WatchdogTimeouts) {
  const auto some = [](int last_enqueued, const char* last_operation) {
    return healthy_log(2, 2) + timeout(0, "ALLREDUCE", 1580, 1582) + timeout(1, "ALLREDUCE", 1580, 1582) +
           timeout(3, last_operation, 1580, last_enqueued);
  };
  expect_one(some(1582, "ALLREDUCE"), "nccl_hung_collective", "",
             "3 ranks waited in vain in ALLREDUCE 1580; rank 2 did not say so");
  expect_one(some(1580, "ALLREDUCE"), "nccl_hung_rank", "host/n02", "rank 3 had enqueued 1580");
  expect_one(some(1582, "BROADCAST"), "nccl_mismatched_collectives", "host/n02", "rank 3 waited in BROADCAST 1580");
}

TEST(NcclChecks, FrameworksWithoutNcclLines) {
  expect_one("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n", "nccl_gpu_memory", "",
             "memory is full");
  expect_one(
      "DistBackendError: NCCL error in: a.cpp:1, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL "
      "version 2.19.3\n",
      "nccl_unhandled", "", "system call");
}

TEST(NcclChecks, WarningsAloneSayThatInfoIsMissing) {
  const auto checks = checks_of("n01:1:2 [0] a.cc:1 NCCL WARN Cuda failure 2 'out of memory'\n");
  ASSERT_FALSE(checks.empty());
  EXPECT_EQ(checks.back().row.check, "nccl_log");
  EXPECT_EQ(checks.back().row.status, "absent");
}

/// Lines that were cut anywhere, or glued, change nothing that is said of the others; nothing throws.
TEST(NcclChecks, CutLinesDoNoHarm) {
  const auto log = healthy_log(2, 2);
  for (std::size_t cut = 1; cut < log.size(); cut += 37) {
    EXPECT_NO_THROW(checks_of(log.substr(0, cut)));
    EXPECT_NO_THROW(checks_of(log.substr(0, cut) + log.substr(std::min(log.size(), cut + 55))));
  }
}

TEST(NcclChecks, RowsHaveTheirLine) {
  const auto rows =
      rows_of(findings_of(healthy_log(1, 2) + "n01:1000:9 [0] a.cc:1 NCCL WARN Cuda failure 2 'out of memory'\n"));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0].observed, HasSubstr("(job.log:30: Cuda failure 2 'out of memory')"));
}

}  // namespace
}  // namespace plumb::diag
