#include "bench/ucx_lanes.h"

#include <gmock/gmock.h>

namespace plumb::bench {
namespace {

using testing::ElementsAre;

// As UCX 1.13 prints them; rails over two devices and two paths as its sources format them.
constexpr const char* kEndpoint = R"(#
# UCP endpoint 
#
#               peer: <no debug data>
#                 lane[0]:  3:rc_verbs/mlx5_0:1.0 md[2]     -> md[2]/ib/sysdev[0] am am_bw#0
#                 lane[1]:  3:rc_verbs/mlx5_0:1.1 md[2]     -> md[2]/ib/sysdev[0] rma_bw#1
#                 lane[2]:  4:rc_verbs/mlx5_1:1.0 md[3]     -> md[3]/ib/sysdev[1] rma_bw#2
#                 lane[3]:  1:tcp/eth0.0 md[1]              -> md[1]/tcp/sysdev[255] keepalive wireup
#
#                tag_send: 0..<egr/short>..8185..<egr/zcopy>..20419..<rndv>..(inf)
)";

constexpr const char* kContext = R"(#
#     component 1  :  tcp
#            md 1  :  component 1  tcp 
#      resource 0  :  md 0  dev 0  flags -- self/memory0
#      resource 1  :  md 1  dev 1  flags -- tcp/lo
#      resource 2  :  md 1  dev 2  flags -- tcp/eth0
#      resource 5  :  md 4  dev 3  flags -- cma/memory
)";

TEST(UcxLanes, OfAnEndpointEachDeviceOnce) {
  EXPECT_THAT(lanes_in_endpoint(kEndpoint), ElementsAre("rc_verbs/mlx5_0:1", "rc_verbs/mlx5_1:1", "tcp/eth0"));
}

TEST(UcxLanes, OfAContextInWords) {
  const auto lanes = lanes_in_context(kContext);
  EXPECT_THAT(lanes, ElementsAre("self/memory0", "tcp/lo", "tcp/eth0", "cma/memory"));
  EXPECT_EQ(words_of(lanes), "self, tcp (lo, eth0), cma");
}

TEST(UcxLanes, NothingInNothing) {
  EXPECT_TRUE(lanes_in_endpoint("").empty());
  EXPECT_EQ(words_of({}), "");
}

}  // namespace
}  // namespace plumb::bench
