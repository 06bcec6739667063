// Logs as tests write them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "diag/log_lines.h"
#include "diag/nccl_checks.h"
#include "diag/nccl_log.h"

namespace plumb::diag {

inline void read_text(NcclLog& log, const std::string& text, const std::string& name = "job.log") {
  log.begin_file(name);
  LineCutter lines([&](std::string_view line, std::uint64_t number) { log.add_line(line, number); });
  lines.add(text);
  lines.finish();
}

inline NcclChecks checks_of(const std::string& text) {
  NcclLog log;
  read_text(log, text);
  return check_nccl(log.facts());
}

/// Rows that did not pass.
inline NcclChecks findings_of(const std::string& text) {
  auto checks = checks_of(text);
  std::erase_if(checks, [](const NcclCheck& one) { return one.row.status == "pass" || one.row.status == "absent"; });
  return checks;
}

/// A healthy job of `hosts` x `gpus` ranks as NCCL 2.28 logs it with INIT, NET, GRAPH, ENV and TUNING, all ranks mixed.
inline std::string healthy_log(int hosts, int gpus) {
  std::string text;
  const int ranks = hosts * gpus;
  const auto add = [&](int rank, const std::string& message) {
    text += fmt::format("{}: n{:02}:{}:{} [{}] NCCL INFO {}\n", rank, rank / gpus + 1, 1000 + rank, 2000 + rank,
                        rank % gpus, message);
  };
  const auto init = [&](int rank, const char* what) {
    return fmt::format(
        "ncclCommInitRank comm 0x55d96{:05x} rank {} nranks {} cudaDev {} nvmlDev {} busId {:x} commId "
        "0x5bfdf821d2742f21 - Init {}",
        rank, rank, ranks, rank % gpus, rank % gpus, 0x18000 + 0x1000 * (rank % gpus), what);
  };
  std::string nics;
  for (int nic = 0; nic < gpus; ++nic) {
    nics += fmt::format(" [{}]mlx5_{}:1/RoCE", nic, nic);
  }
  for (int rank = 0; rank < ranks; ++rank) {
    add(rank, "Bootstrap: Using eth0:10.0.0.1<0>");
    add(rank, "cudaDriverVersion 13000");
    add(rank, "NCCL version 2.28.9+cuda13.0");
    add(rank, "NCCL_IB_GID_INDEX set by environment to 3.");
    add(rank, "NET/IB : Using" + nics + " [RO]; OOB eth0:10.0.0.1<0>");
    add(rank, "Using network IB");
    add(rank, init(rank, "START"));
  }
  for (int rank = 0; rank < ranks; ++rank) {
    const int gpu = rank % gpus;
    for (int nic = 0; nic < gpus; ++nic) {
      add(rank, fmt::format("GPU Direct RDMA Enabled for GPU {} / HCA {:x} (distance {} <= 7), read 1 mode Default",
                            rank, nic, nic == gpu ? 4 : 9));
    }
    add(rank, fmt::format("NVLS multicast support is available on dev {} (NVLS_NCHANNELS 16)", gpu));
    add(rank, fmt::format("comm 0x55d96{:05x} rank {} nRanks {} nNodes {} localRanks {} localRank {} MNNVL 0", rank,
                          rank, ranks, hosts, gpus, gpu));
    add(rank, fmt::format("Channel 00/0 : {}[{}] -> {}[{}] via P2P/CUMEM/read", rank, gpu, rank ^ 1, gpu ^ 1));
    if (hosts > 1) {
      const int peer = (rank + gpus) % ranks;
      add(rank,
          fmt::format("Channel 00/0 : {}[{}] -> {}[{}] [receive] via NET/IB/{}/GDRDMA", peer, gpu, rank, gpu, gpu));
      add(rank, fmt::format("Channel 00/0 : {}[{}] -> {}[{}] [send] via NET/IB/{}/GDRDMA", rank, gpu, peer, gpu, gpu));
    }
    add(rank, "16 coll channels, 16 collnet channels, 16 nvls channels, 16 p2p channels, 2 p2p channels per peer");
    add(rank, init(rank, "COMPLETE"));
  }
  add(0, "AllReduce: 1048576 Bytes -> Algo NVLS proto SIMPLE channel{Lo..Hi}={0..15}");
  return text;
}

/// `text` with each `from` as `to`.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The same in lines that begin with `begin` only.
inline std::string replaced_in(const std::string& text, const std::string& begin, const std::string& from,
                               const std::string& to) {
  std::string all;
  LineCutter lines([&](std::string_view line, std::uint64_t /*number*/) {
    const bool is_meant = line.find(begin) != std::string_view::npos;
    all += (is_meant ? replaced(std::string(line), from, to) : std::string(line)) + "\n";
  });
  lines.add(text);
  lines.finish();
  return all;
}

/// Without the lines that have all of `words`.
inline std::string without(const std::string& text, const std::vector<std::string>& words) {
  std::string all;
  LineCutter lines([&](std::string_view line, std::uint64_t /*number*/) {
    const bool is_meant =
        std::ranges::all_of(words, [&](const auto& word) { return line.find(word) != std::string_view::npos; });
    all += is_meant ? "" : std::string(line) + "\n";
  });
  lines.add(text);
  lines.finish();
  return all;
}

}  // namespace plumb::diag
