#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/watchdog.h"

namespace plumb::bench {
namespace {

const std::vector<std::string> kHosts = {"n0", "n1", "n2"};

TEST(Diagnosis, ASilentRankIsStoppedDeadOrCutOff) {
  EXPECT_EQ(diagnosis({{7, 0.1}, {7, 9.5}, {7, 0.0}}, kHosts, 10),
            "hung: rank 1 on host n1: no heartbeat for 9.5 s (stopped, dead or cut off)");
}

TEST(Diagnosis, ARankThatIsAliveButBehindHangsBeforeTheOperation) {
  EXPECT_EQ(diagnosis({{7, 0.1}, {7, 0.1}, {5, 0.1}}, kHosts, 10),
            "hung: rank 2 on host n2: alive, but 2 operations behind");
}

TEST(Diagnosis, ARankWhoseLibraryHasMetAnErrorIsNamedWithIt) {
  EXPECT_EQ(diagnosis({{7, 0.1, ""}, {7, 0.1, "remote process exited"}, {6, 0.1, ""}}, kHosts, 10),
            "hung: rank 1 on host n1: alive, but its library has met an error: remote process exited");
  EXPECT_THAT(diagnosis({{7, 0.1, ""}, {7, 0.1, "remote process exited"}, {7, 9.0, ""}}, kHosts, 10),
              testing::StartsWith("hung: rank 2 on host n2: no heartbeat"));
}

TEST(Diagnosis, SilenceOutranksBeingBehind) {
  EXPECT_THAT(diagnosis({{7, 0.1}, {6, 0.1}, {7, 8}}, kHosts, 10), testing::StartsWith("hung: rank 2"));
}

TEST(Diagnosis, AllInsideAndAliveIsAStalledPath) {
  EXPECT_THAT(diagnosis({{7, 0.1}, {7, 0.2}, {7, 0.1}}, kHosts, 10), testing::StartsWith("stalled: all 3 ranks"));
}

TEST(Diagnosis, NamesAreMadePrintable) {
  EXPECT_THAT(diagnosis({{1, 0}, {1, 9}}, {"a", "b\x1b[2J"}, 10), testing::HasSubstr("host b\\x1b[2J:"));
}

}  // namespace
}  // namespace plumb::bench
