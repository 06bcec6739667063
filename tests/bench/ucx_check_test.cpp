#include "bench/ucx_check.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "bench/rdma_ports.h"

namespace plumb::bench {
namespace {

TEST(UcxCheck, TcpAloneBesideAnRdmaDeviceFails) {
  const auto row = ucx_transport_check("n1", {{"tcp/eth0"}, {"rc_mlx5/mlx5_0:1", "tcp/eth0"}}, {"mlx5_0", "mlx5_1"});
  EXPECT_EQ(row.status, "fail");
  EXPECT_EQ(row.subject, "host/n1");
  EXPECT_EQ(row.observed,
            "rc_mlx5 (mlx5_0:1), tcp (eth0) to 1 rank on other hosts; tcp (eth0) to 1 rank on other hosts");
  EXPECT_EQ(row.expected, "RDMA (rc, dc or ud) over mlx5_0, mlx5_1");
}

TEST(UcxCheck, TcpIsRightWithoutRdma) {
  const auto row = ucx_transport_check("n1", {{"tcp/eth0"}, {"tcp/eth0"}}, {});
  EXPECT_EQ(row.status, "pass");
  EXPECT_EQ(row.observed, "tcp (eth0) to 2 ranks on other hosts");
}

TEST(UcxCheck, RdmaIsRight) {
  EXPECT_EQ(ucx_transport_check("n1", {{"rc_mlx5/mlx5_0:1", "tcp/eth0"}}, {"mlx5_0"}).status, "pass");
}

TEST(UcxCheck, DevicesWithAnActivePort) {
  const auto root = std::filesystem::temp_directory_path() / ("plumb-ucx-check-" + std::to_string(getpid()));
  for (const auto& [device, state] :
       {std::pair{"mlx5_1", "4: ACTIVE"}, {"mlx5_0", "4: ACTIVE"}, {"mlx5_2", "1: DOWN"}}) {
    const auto port = root / "sys" / "class" / "infiniband" / device / "ports" / "1";
    std::filesystem::create_directories(port);
    std::ofstream(port / "state") << state << "\n";
  }
  EXPECT_THAT(active_devices(rdma_ports(root)), testing::ElementsAre("mlx5_0", "mlx5_1"));
  EXPECT_TRUE(active_devices(rdma_ports(root / "absent")).empty());
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace plumb::bench
