// What a command line of plumb-pairs asks for.
#include "bench/pair_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/pair_round.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

using testing::ElementsAre;

PairOptions parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "plumb-pairs");
  return parse_pair_options(static_cast<int>(arguments.size()), arguments.data());
}

std::vector<std::string> phases_of(const std::vector<const char*>& arguments) {
  std::vector<std::string> words;
  for (const auto& phase : pair_phases(parsed(arguments))) {
    words.push_back(phase.mode + " " + std::to_string(phase.bytes));
  }
  return words;
}

TEST(PairOptions, LatencyIsMeasuredAtEightBytesUnlessSizesAreGiven) {
  EXPECT_THAT(phases_of({"-b", "64K"}), ElementsAre("latency 8", "uni 65536", "uni 65536"));
  EXPECT_THAT(phases_of({"-b", "64K", "--latency-bytes", "8,4K,1M"}),
              ElementsAre("latency 8", "latency 4096", "latency 1048576", "uni 65536", "uni 65536"));
  EXPECT_THAT(phases_of({"-b", "64K", "--latency-bytes", "8,4K", "--latency-iters", "0"}),
              ElementsAre("uni 65536", "uni 65536"));
}

TEST(PairOptions, ALatencySizeIsPositiveAndGivenOnce) {
  EXPECT_THROW(parsed({"--latency-bytes", "8,8"}), core::UsageError);
  EXPECT_THROW(parsed({"--latency-bytes", "0"}), core::UsageError);
}

}  // namespace
}  // namespace plumb::bench
