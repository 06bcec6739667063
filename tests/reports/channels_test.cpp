// Channels of NCCL that are slow beside the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "core/run_dir.h"
#include "reports/judge.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr core::Integer kRanks = 8, kChannels = 16;

/// An all-reduce of `bytes`, in which a channel of a rank takes 10 ms times `factor`.
std::vector<core::Finding> findings(const std::function<double(core::Integer rank, core::Integer channel)>& factor,
                                    core::Integer bytes = 1 << 30, const std::string& memory = "gpu") {
  const test::TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  core::CaseRow row;
  row.name = "allreduce/nccl";
  row.collective = "allreduce";
  row.backend = "nccl";
  row.memory = memory;
  row.bytes = bytes;
  row.ranks = kRanks;
  row.status = "ok";
  row.busbw_Bps = 3e11;
  auto cases = run.writer<core::CaseRow>();
  cases.add(row);
  cases.flush();
  auto times = run.writer<core::ChannelTimeRow>();
  for (core::Integer rank = 0; rank < kRanks; ++rank) {
    for (core::Integer channel = 0; channel < kChannels; ++channel) {
      const auto start = 100 * channel;
      times.add({row.name, rank, channel, start, start + static_cast<core::Integer>(1e7 * factor(rank, channel))});
    }
  }
  times.flush();
  core::Verdict verdict;
  judge_channels(read_evidence({run.path()}), verdict);
  return verdict.findings;
}

TEST(Channels, WhichAreAlikeAreNoFinding) {
  EXPECT_THAT(findings([](auto rank, auto channel) { return 1 + 0.02 * double((rank + channel) % 5); }), IsEmpty());
}

TEST(Channels, SlowOnesOfOneNicOnAllRanksAreTold) {
  const auto slow = findings([](auto, auto channel) { return channel % 8 == 3 ? 1.9 : 1; });
  ASSERT_THAT(slow, SizeIs(1));
  EXPECT_EQ(slow[0].title,
            "NCCL channels 3, 11 of 16 take 1.9 times as long as the others, on 8 of 8 ranks, in allreduce");
  EXPECT_EQ(slow[0].severity, core::Severity::warn);
  EXPECT_THAT(slow[0].evidence, SizeIs(2));
  EXPECT_THAT(slow[0].evidence[0].says, HasSubstr("channel 3 of rank "));
  EXPECT_NEAR(*slow[0].slowdown, 1 / 1.9, 1e-6);
}

TEST(Channels, ASlowChannelOfOneRankAloneIsNot) {
  EXPECT_THAT(findings([](auto rank, auto channel) { return rank == 2 && channel == 3 ? 1.9 : 1; }), IsEmpty())
      << "channels of a ring wait for each other, so all of its ranks would see it";
}

TEST(Channels, WhereHalfAreSlowNobodyKnowsWhatIsUsual) {
  EXPECT_THAT(findings([](auto, auto channel) { return channel % 2 == 0 ? 1.9 : 1; }), IsEmpty());
}

TEST(Channels, SmallMessagesAndSharedGpusSayNothing) {
  const auto slow = [](core::Integer, core::Integer channel) { return channel == 3 ? 1.9 : 1; };
  EXPECT_THAT(findings(slow, 1024), IsEmpty());
  EXPECT_THAT(findings(slow, 1 << 30, "shared-gpu"), IsEmpty());
  EXPECT_THAT(findings(slow), SizeIs(1));
}

}  // namespace
}  // namespace plumb::reports
