#include "diag/node_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "tests/diag/planted_machine.h"

namespace plumb::diag {
namespace {

using Fabric = PlantedMachine::Fabric;

struct Planted {
  const char *check, *status, *subject, *says;
  void (*plant)(const PlantedMachine& host);
  Fabric fabric = Fabric::roce;
};

/// One fault each: the check that has to tell it, of what, and a word that its row has to have.
const Planted kFaults[] = {
    {"pcie_width", "fail", "gpu/n05/3", "x8",
     [](const auto& host) { host.put(PlantedMachine::gpu(3) + "/current_link_width", "8\n"); }},
    {"pcie_width", "fail", "nic/n05/mlx5_2", "x8",
     [](const auto& host) { host.put(PlantedMachine::nic(2) + "/current_link_width", "8\n"); }},
    {"pcie_width", "absent", "gpu/n05/1", "does not tell",
     [](const auto& host) { host.remove(PlantedMachine::gpu(1) + "/current_link_width"); }},
    {"pcie_speed", "fail", "nic/n05/mlx5_5", "16 GT/s",
     [](const auto& host) { host.put(PlantedMachine::nic(5) + "/current_link_speed", "16.0 GT/s PCIe\n"); }},
    {"pcie_slot", "warn", "gpu/n05/0", "x8 at 32 GT/s",
     [](const auto& host) {
       host.put(PlantedMachine::bridge(0) + "/max_link_width", "8\n");
       host.put(PlantedMachine::gpu(0) + "/current_link_width", "8\n");  // all that the slot can
     }},
    {"pcie_read_request", "warn", "nic/n05/mlx5_1", "128 B",
     [](const auto& host) { host.put(PlantedMachine::nic(1) + "/config", config_space(0x0050, 0)); }},
    {"pcie_relaxed_ordering", "warn", "gpu/n05/2", "off",
     [](const auto& host) { host.put(PlantedMachine::gpu(2) + "/config", config_space(0x5040, 0)); }},
    {"pcie_acs", "fail", "host/n05", "0000:42:00.0",
     [](const auto& host) { host.put(PlantedMachine::bridge(3) + "/config", config_space(0x5050, 0x1d)); }},
    {"pcie_errors", "fail", "gpu/n05/6", "4 uncorrected",
     [](const auto& host) { host.put(PlantedMachine::gpu(6) + "/aer_dev_nonfatal", "TOTAL_ERR_NONFATAL 4\n"); }},
    {"pcie_errors", "warn", "host/n05", "90000 corrected",
     [](const auto& host) { host.put(PlantedMachine::bridge(6) + "/aer_dev_correctable", "TOTAL_ERR_COR 90000\n"); }},
    {"iommu", "warn", "nic/n05/mlx5_0", "DMA-FQ",
     [](const auto& host) { host.put(PlantedMachine::nic(0) + "/iommu_group/type", "DMA-FQ\n"); }},
    {"device_numa", "warn", "nic/n05/mlx5_7", "does not tell",
     [](const auto& host) { host.put(PlantedMachine::nic(7) + "/numa_node", "-1\n"); }},
    {"numa_balancing", "warn", "host/n05", "on",
     [](const auto& host) { host.put("/proc/sys/kernel/numa_balancing", "1\n"); }},
    {"port_state", "fail", "nic/n05/mlx5_4", "DOWN, Polling",
     [](const auto& host) {
       host.put(PlantedMachine::port(4) + "/state", "1: DOWN\n");
       host.put(PlantedMachine::port(4) + "/phys_state", "2: Polling\n");
     }},
    {"port_state", "warn", "nic/n05/mlx5_4", "DOWN, Disabled",
     [](const auto& host) {
       host.put(PlantedMachine::port(4) + "/state", "1: DOWN\n");
       host.put(PlantedMachine::port(4) + "/phys_state", "3: Disabled\n");
     }},
    {"port_state", "warn", "nic/n05/mlx5_4", "DOWN, Polling",
     [](const auto& host) {  // the only one of its model
       host.put("/sys/class/infiniband/mlx5_4/board_id", "MT_0000000540\n");
       host.put(PlantedMachine::port(4) + "/state", "1: DOWN\n");
       host.put(PlantedMachine::port(4) + "/phys_state", "2: Polling\n");
     }},
    {"port_state", "fail", "nic/n05/mlx5_4", "INIT",
     [](const auto& host) { host.put(PlantedMachine::port(4) + "/state", "2: INIT\n"); }, Fabric::infiniband},
    {"link_rate", "fail", "nic/n05/mlx5_3", "200 Gb/sec",
     [](const auto& host) { host.put(PlantedMachine::port(3) + "/rate", "200 Gb/sec (4X HDR)\n"); }},
    {"link_lanes", "fail", "nic/n05/mlx5_3", "1X NDR",
     [](const auto& host) {
       for (int i = 0; i < 8; ++i) {  // all alike, so that the rates are no odd one out
         host.put(PlantedMachine::port(i) + "/rate", i == 3 ? "400 Gb/sec (1X NDR)\n" : "400 Gb/sec (4X NDR)\n");
       }
     },
     Fabric::infiniband},
    {"infiniband_mtu", "warn", "nic/n05/mlx5_6", "packets of 2048 B",
     [](const auto& host) { host.put("/plumbline/ibv_devinfo-mlx5_6", devinfo("2048 (4)")); }, Fabric::infiniband},
    {"infiniband_mtu", "absent", "nic/n05/mlx5_6", "ibv_devinfo",
     [](const auto& host) { host.remove("/plumbline/ibv_devinfo-mlx5_6"); }, Fabric::infiniband},
    {"nic_firmware", "warn", "nic/n05/mlx5_6", "28.36.1700",
     [](const auto& host) { host.put("/sys/class/infiniband/mlx5_6/fw_ver", "28.36.1700\n"); }},
    {"pkey", "fail", "nic/n05/mlx5_1", "0x7fff",
     [](const auto& host) { host.put(PlantedMachine::port(1) + "/pkeys/0", "0x7fff\n"); }, Fabric::infiniband},
    {"errors_since_boot", "warn", "nic/n05/mlx5_2", "link_downed is 17",
     [](const auto& host) { host.put(PlantedMachine::port(2) + "/counters/link_downed", "17\n"); }},
    {"errors_since_boot", "warn", "nic/n05/mlx5_2", "symbol_error is 65535",
     [](const auto& host) { host.put(PlantedMachine::port(2) + "/counters/symbol_error", "65535\n"); },
     Fabric::infiniband},
    {"link_flaps", "warn", "nic/n05/mlx5_2", "40 times",
     [](const auto& host) { host.put(PlantedMachine::netdev(2) + "/carrier_changes", "40\n"); }},
    {"roce_mtu", "warn", "nic/n05/mlx5_0", "1500 B",
     [](const auto& host) { host.put(PlantedMachine::netdev(0) + "/mtu", "1500\n"); }},
    {"roce_gid", "fail", "nic/n05/mlx5_0", "no GID of RoCE v2",
     [](const auto& host) { host.put(PlantedMachine::port(0) + "/gid_attrs/types/3", "IB/RoCE v1\n"); }},
    {"roce_gid", "fail", "nic/n05/mlx5_0", "link-local",
     [](const auto& host) {
       host.put(PlantedMachine::port(0) + "/gids/3", "fe80:0000:0000:0000:0202:c9ff:fe00:0001\n");
     }},
    {"roce_pfc", "fail", "nic/n05/mlx5_5", "ens5: lossless: 4",
     [](const auto& host) {
       host.put("/plumbline/dcb-pfc-ens5", "prio-pfc 0:off 1:off 2:off 3:off 4:on\n");
       host.put("/plumbline/dcb-buffer-ens5", "prio-buffer 0:0 3:0 4:1\nbuffer-size 0:130944b 1:130944b\n");
     }},
    {"roce_buffers", "warn", "nic/n05/mlx5_5", "together with lossy",
     [](const auto& host) {
       host.put("/plumbline/dcb-buffer-ens5", "prio-buffer 0:0 1:0 2:0 3:0\nbuffer-size 0:130944b 1:0b\n");
     }},
    {"roce_trust", "fail", "nic/n05/mlx5_5", "PCP",
     [](const auto& host) { host.put("/plumbline/dcb-app-ens5", "default-prio 0\n"); }},
    {"roce_ecn", "fail", "nic/n05/mlx5_5", "off",
     [](const auto& host) { host.put(PlantedMachine::netdev(5) + "/ecn/roce_rp/enable/3", "0\n"); }},
    {"roce_traffic_class", "fail", "nic/n05/mlx5_5", "tclass=96",
     [](const auto& host) { host.put("/sys/class/infiniband/mlx5_5/tc/1/traffic_class", "Global tclass=96\n"); }},
    {"memlock", "fail", "host/n05", "64 KiB",
     [](const auto& host) {
       host.put("/proc/self/limits",
                "Max open files            1048576              1048576              files     \n"
                "Max locked memory         65536                65536                bytes     \n");
     }},
    {"open_files", "warn", "host/n05", "1024",
     [](const auto& host) {
       host.put("/proc/self/limits",
                "Max open files            1024                 1048576              files     \n"
                "Max locked memory         unlimited            unlimited            bytes     \n");
     }},
    {"shared_memory", "warn", "host/n05", "64 MiB free",
     [](const auto& host) { host.put("/plumbline/shm_free_bytes", "67108864"); }},
    {"temporary_space", "warn", "host/n05", "5 MiB free in /tmp",
     [](const auto& host) { host.put("/plumbline/tmp_free_bytes", "5242880"); }},
    {"cgroup", "warn", "host/n05", "400000 100000",
     [](const auto& host) {
       host.put("/proc/self/cgroup", "0::/user.slice\n");
       host.put("/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n");
     }},
    {"cpu_governor", "warn", "host/n05", "powersave on 1 CPUs",
     [](const auto& host) { host.put("/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "powersave\n"); }},
    {"cpu_idle", "warn", "host/n05", "C6 takes 290 us",
     [](const auto& host) {
       host.put("/sys/devices/system/cpu/cpu0/cpuidle/state2/latency", "290\n");
       host.put("/sys/devices/system/cpu/cpu0/cpuidle/state2/name", "C6\n");
     }},
    {"cpu_frequency", "warn", "host/n05", "1 CPUs are held to 2.00 of 3.80 GHz",
     [](const auto& host) { host.put("/sys/devices/system/cpu/cpu1/cpufreq/scaling_max_freq", "2000000\n"); }},
    {"cpu_throttling", "warn", "host/n05", "91 times",
     [](const auto& host) {
       host.put("/sys/devices/system/cpu/cpu3/thermal_throttle/package_throttle_count", "91\n");
     }},
    {"cpus_offline", "warn", "host/n05", "7-8",
     [](const auto& host) { host.put("/sys/devices/system/cpu/offline", "7-8\n"); }},
    {"clock_source", "fail", "host/n05", "hpet",
     [](const auto& host) { host.put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n"); }},
    {"load", "warn", "host/n05", "load 31.4",
     [](const auto& host) { host.put("/proc/loadavg", "31.40 30.00 28.00 9/900 1\n"); }},
    {"gpu_presence", "fail", "gpu/n05/4", "does not answer",
     [](const auto& host) { host.put(PlantedMachine::gpu(4) + "/config", std::string(64, '\xff')); }},
    {"gpu_presence", "fail", "gpu/n05/4", "no driver",
     [](const auto& host) { host.remove(PlantedMachine::gpu(4) + "/driver"); }},
    {"gpu_direct", "fail", "host/n05", "neither",
     [](const auto& host) { host.put("/proc/modules", "nvidia 9000000 10 - Live 0x0\n"); }},
    {"fabric_manager", "fail", "host/n05", "does not run",
     [](const auto& host) { host.put("/plumbline/daemons", "nvidia-persiste\n"); }},
    {"persistence", "warn", "host/n05", "does not run",
     [](const auto& host) { host.put("/plumbline/daemons", "nv-fabricmanage\n"); }},
    {"driver_library", "fail", "host/n05", "kernel module 550.54.15, libcuda 560.28.03",
     [](const auto& host) { host.put("/plumbline/libcuda", "libcuda.so.560.28.03\n"); }},
    {"nvlinks", "fail", "gpu/n05/0", "16 of 18",
     [](const auto& host) { host.put("/plumbline/nvlinks", "0000:13:00.0 16 18\n"); }},
    {"xid", "fail", "gpu/n05/1", "XID 64",
     [](const auto& host) { host.add_to_log("[ 9.1] NVRM: Xid (PCI:0000:23:00): 64, Row Remapper: failed"); }},
    {"sxid", "fail", "host/n05", "SXid 20034",
     [](const auto& host) {
       host.add_to_log("[ 9.1] nvidia-nvswitch3: SXid (PCI:0000:a2:00.0): 20034, Fatal, Link 30 LTSSM Fault Up");
     }},
    {"sxid", "warn", "host/n05", "SXid 12028",
     [](const auto& host) {
       host.add_to_log("[ 9.1] nvidia-nvswitch3: SXid (PCI:0000:a2:00.0): 12028, Non-fatal, Link 46 egress PRIV error");
     }},
    {"log_gpu", "fail", "gpu/n05/0", "could not start a GPU",
     [](const auto& host) {
       host.add_to_log("[ 8.0] NVRM: RmInitAdapter failed! (0x24:0xffff:1210) for GPU 0000:13:00.0");
     }},
    {"log_nic", "fail", "nic/n05/mlx5_1", "too little power",
     [](const auto& host) {
       host.add_to_log(
           "[ 7.7] mlx5_core 0000:24:00.0: mlx5_pcie_event:299:(pid 26): Detected insufficient power on the PCIe slot "
           "(27W).");
     }},
    {"log_nic", "warn", "nic/n05/mlx5_1", "pulled or lost contact",
     [](const auto& host) {
       host.add_to_log("[ 7.7] mlx5_core 0000:24:00.0: Port module event: module 0, Cable unplugged");
     }},
    {"log_pcie", "warn", "nic/n05/mlx5_0", "narrower or slower",
     [](const auto& host) {
       host.add_to_log(
           "[ 3.3] pci 0000:14:00.0: 126.024 Gb/s available PCIe bandwidth, limited by 16.0 GT/s PCIe x8 link at "
           "0000:12:01.0");
     }},
    {"log_memory", "fail", "host/n05", "uncorrected memory",
     [](const auto& host) {
       host.add_to_log("[ 99.0] EDAC MC0: 1 UE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0");
     }},
    {"log_stall", "fail", "host/n05", "2 times since boot",
     [](const auto& host) {
       host.add_to_log("[ 99.0] watchdog: BUG: soft lockup - CPU#7 stuck for 22s!");
       host.add_to_log("[ 121.0] watchdog: BUG: soft lockup - CPU#7 stuck for 44s!");
     }},
    {"memory_errors", "fail", "host/n05", "1 uncorrected",
     [](const auto& host) { host.put("/sys/devices/system/edac/mc/mc0/ue_count", "1\n"); }},
    {"memory_errors", "warn", "host/n05", "7000 corrected",
     [](const auto& host) { host.put("/sys/devices/system/edac/mc/mc0/ce_count", "7000\n"); }},
    {"memory_balance", "warn", "host/n05", "node1 has",
     [](const auto& host) { host.put("/sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:  924632064 kB\n"); }},
    {"time_sync", "warn", "host/n05", "no daemon",
     [](const auto& host) { host.put("/plumbline/clock", "0 16000000"); }},
    {"time_sync", "warn", "host/n05", "off by 500000",
     [](const auto& host) { host.put("/plumbline/clock", "1 500000"); }},
    {"xid", "absent", "host/n05", "could not be read", [](const auto& host) { host.remove("/plumbline/kernel_log"); }},
};

class NodeCheckFault : public testing::TestWithParam<Planted> {};

TEST_P(NodeCheckFault, IsToldByItsCheckAndByNoOther) {
  const auto& fault = GetParam();
  const PlantedMachine host(fault.fabric);
  fault.plant(host);
  const auto rows = host.faults();
  ASSERT_EQ(rows.size(), 1U) << (rows.size() > 1 ? rows[0].check + ", " + rows[1].check : "nothing");
  EXPECT_EQ(rows[0].check, fault.check);
  EXPECT_EQ(rows[0].status, fault.status);
  EXPECT_EQ(rows[0].subject, fault.subject);
  EXPECT_THAT(rows[0].observed, testing::HasSubstr(fault.says));
  EXPECT_EQ(rows[0].host, "n05");
  EXPECT_EQ(rows[0].advice.empty(), rows[0].status == "absent");
}

INSTANTIATE_TEST_SUITE_P(All, NodeCheckFault, testing::ValuesIn(kFaults),
                         [](const auto& one) { return fmt::format("{}_{}", one.param.check, one.index); });

TEST(NodeCheck, NothingIsWrongWithHealthyHosts) {
  for (const auto fabric : {Fabric::roce, Fabric::infiniband}) {
    const auto rows = PlantedMachine(fabric).faults();
    EXPECT_EQ(rows.size(), 0U) << rows.front().check << ": " << rows.front().observed;
  }
}

TEST(NodeCheck, EachThatCanFailHasAPlantedFault) {
  std::set<std::string_view> planted{"gpu_nic_affinity"};  // below
  for (const auto& fault : kFaults) {
    planted.insert(fault.check);
  }
  for (const auto& check : node_checks()) {
    const bool is_fact = check.title.find("compared with other hosts") != std::string_view::npos;
    EXPECT_TRUE(is_fact || planted.contains(check.id)) << check.id;
  }
}

TEST(NodeCheck, AGpuWithoutANicBesideIt) {
  const PlantedMachine host;
  for (int i = 4; i < 8; ++i) {
    host.remove(fmt::format("/sys/class/infiniband/mlx5_{}", i));
  }
  const auto rows = host.faults();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].check, "gpu_nic_affinity");
  EXPECT_EQ(rows[0].subject, "gpu/n05/4");
}

TEST(NodeCheck, TheSecondPortOfACardMayBeWithoutACable) {
  const PlantedMachine host;
  host.add_second_port(0);
  const auto rows = host.faults();
  ASSERT_EQ(rows.size(), 1U) << rows[0].check << " " << rows[0].observed;
  EXPECT_EQ(rows[0].check, "port_state");
  EXPECT_EQ(rows[0].status, "warn");
  EXPECT_EQ(rows[0].subject, "nic/n05/mlx5_8");
  EXPECT_THAT(rows[0].advice, testing::HasSubstr("the other port of its card is up"));
}

TEST(NodeCheck, PortsThatAreAllWrongAreOneRow) {
  const PlantedMachine host;
  for (int i = 0; i < 8; ++i) {
    host.put(fmt::format("/plumbline/dcb-pfc-ens{}", i), "prio-pfc 0:off 1:off 2:off 3:off\n");
  }
  const auto rows = host.faults();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].observed, "no priority is lossless on 8 RoCE ports");
}

TEST(NodeCheck, VirtualMachinesNeedAcs) {
  const PlantedMachine host;
  host.put(PlantedMachine::bridge(3) + "/config", config_space(0x5050, 0x1d));
  host.put(PlantedMachine::nic(0) + "/iommu_group/type", "DMA-FQ\n");
  host.put("/proc/cpuinfo", "flags\t\t: fpu hypervisor lahf_lm\n");
  EXPECT_TRUE(host.faults().empty());
}

TEST(NodeCheck, AHostWithoutGpuOrNicIsNoFault) {
  const PlantedMachine host;
  host.remove("/sys/bus/pci");
  host.remove("/sys/class/infiniband");
  EXPECT_TRUE(host.faults().empty());
}

TEST(NodeCheck, FactsAreToBeTheSameOnAllHosts) {
  const PlantedMachine host;
  const NodeTree tree(host.root());
  const auto rows =
      check_node(read_machine(tree), NodeLimits(),
                 {"gpu_driver_version", "kernel_options", "memory_size", "cpu_settings", "roce_settings"});
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].observed, "ro iommu=pt");
  EXPECT_EQ(rows[1].observed, "about 2016 GiB");
  EXPECT_EQ(rows[2].observed, "governor performance, turbo on, SMT on");
  EXPECT_EQ(rows[3].observed, "8 x MTU 9000, lossless: 3, trusts DSCP, ECN on for priorities 3");
  EXPECT_EQ(rows[4].observed, "550.54.15");
  for (const auto& row : rows) {
    EXPECT_EQ(row.expected, core::kSameOnAllHosts);
    EXPECT_EQ(row.status, "pass");
  }
}

TEST(NodeCheck, AnUnknownCheckIsWrongUse) {
  const PlantedMachine host;
  const NodeTree tree(host.root());
  EXPECT_THROW(check_node(read_machine(tree), NodeLimits(), {"pcie_with"}), core::UsageError);
}

}  // namespace
}  // namespace plumb::diag
