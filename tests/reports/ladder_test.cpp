// The same pairs over several libraries: which layer loses the rate?
#include "reports/ladder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/judge.h"
#include "reports/outputs.h"
#include "tests/reports/fleet.h"

namespace plumb::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kRate = 50e9;

/// Rows of one library among the hosts of a fleet; `ns` is the latency where the rows are of that.
struct Library {
  std::string backend;
  std::string memory = "host";
  std::function<double(int src, int dst)> rate = [](int, int) { return kRate; };
  core::Integer bytes = 4 << 20;
  core::Integer latency_ns = 0;
};

core::Verdict judged(const std::vector<Library>& libraries, int hosts = 4,
                     const std::function<std::string(int)>& name = nullptr, bool has_map = false) {
  const test::TemporaryDir dir;
  const test::Fleet fleet{.hosts = hosts};
  const auto run = core::RunDir::create(dir.path() / "run");
  auto writer = run.writer<core::PairRow>();
  for (const auto& library : libraries) {
    for (int a = 0; a < hosts; ++a) {
      for (int b = 0; b < hosts; ++b) {
        auto row = fleet.row(a, b, library.rate(a, b));
        row.src = name ? name(a) : row.src;
        row.dst = name ? name(b) : row.dst;
        row.backend = library.backend;
        row.memory = library.memory;
        row.bytes = library.bytes;
        if (library.latency_ns > 0) {
          row.mode = "latency";
          row.p50_ns = row.p99_ns = library.latency_ns;
          row.bw_Bps = row.min_bw_Bps = std::nullopt;
        }
        if (a != b) {
          writer.add(row);
        }
      }
    }
  }
  writer.flush();
  auto links = run.writer<core::LinkRow>();
  for (int a = 0; a < hosts && has_map; ++a) {
    links.add(
        {.kind = "cable", .a = fleet.name(a), .b = "switch/leaf", .b_port = std::to_string(a), .rate_Bps = kRate});
  }
  links.flush();
  core::Manifest manifest;
  manifest.tool = "plumb-pairs";
  manifest.status = "complete";
  run.put(manifest);
  Fabric fabric(read_map({dir.path() / "run"}));
  return judge(read_evidence({dir.path() / "run"}), fabric, default_limits()).verdict;
}

std::function<double(int, int)> at(double share) {
  return [=](int, int) { return kRate * share; };
}

std::vector<core::Finding> config(const core::Verdict& verdict) {
  std::vector<core::Finding> found;
  std::ranges::copy_if(verdict.findings, std::back_inserter(found),
                       [](const auto& f) { return f.kind == core::FindingKind::config; });
  return found;
}

TEST(Ladder, OneLibraryHasNone) {
  const auto verdict = judged({{"mpi"}});
  EXPECT_THAT(verdict.ladder, IsEmpty());
  EXPECT_THAT(config(verdict), IsEmpty());
}

TEST(Ladder, TheLayerAtWhichTheRateFallsIsNamedAlone) {
  const auto verdict = judged({{"mpi", "host", at(0.45)}, {"verbs"}, {"ucx", "host", at(0.97)}});
  const auto found = config(verdict);
  ASSERT_THAT(found, SizeIs(1)) << terminal_text(verdict, false);
  EXPECT_EQ(found[0].title,
            "mpi reaches 46 % of ucx on the same pairs (uni 4 MiB): the loss is in mpi, not in the fabric");
  EXPECT_EQ(found[0].severity, core::Severity::fail);
  EXPECT_THAT(found[0].suspects, IsEmpty());
  EXPECT_NEAR(*found[0].slowdown, 0.45 / 0.97, 0.01);
  EXPECT_THAT(found[0].evidence.at(0).says, HasSubstr("over mpi: 22.5 GB/s (uni 4 MiB; 12 of 12 pairs fall short)"));
  EXPECT_THAT(found[0].evidence.at(1).says, HasSubstr("over ucx: 48.5 GB/s"));
  EXPECT_THAT(found[0].advice, HasSubstr("--mca pml ucx"));
  ASSERT_THAT(verdict.ladder, SizeIs(1));
  EXPECT_EQ(verdict.ladder[0].pairs, 12U);
  EXPECT_THAT(markdown_text(verdict), HasSubstr("| uni | 4 MiB | 12 | verbs 50.0 GB/s, ucx 48.5 GB/s, mpi "
                                                "22.5 GB/s |"));
}

TEST(Ladder, AFallAtTheBottomIsNotBlamedOnWhatStandsAbove) {
  const auto found = config(judged({{"verbs"}, {"ucx", "host", at(0.2)}, {"mpi", "host", at(0.2)}}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].title, HasSubstr("ucx reaches 20 % of verbs"));
  EXPECT_THAT(found[0].advice, HasSubstr("UCX_TLS"));
}

TEST(Ladder, TheFabricAndItsPartsAreNotBlamedForTheSameRows) {
  const auto slow_on_most = [](int a, int b) { return kRate * (a < 3 || b < 3 ? 0.3 : 0.97); };
  std::vector<Library> libraries{{"verbs"}};
  libraries.insert(libraries.end(), 4, {"mpi", "host", slow_on_most});  // four times: verbs' rows are outnumbered
  const auto verdict = judged(libraries, 8);
  ASSERT_THAT(verdict.findings, SizeIs(1)) << terminal_text(verdict, false);
  EXPECT_THAT(verdict.findings[0].title, HasSubstr("the loss is in mpi"));
  EXPECT_THAT(verdict.findings[0].suspects, IsEmpty());
  libraries.erase(libraries.begin());  // without verbs nothing tells the library from its hosts
  EXPECT_THAT(judged(libraries, 8).findings, SizeIs(3));
}

TEST(Ladder, ASlowLibraryIsNoSlowFabric) {
  const std::vector<Library> libraries{{"verbs"}, {"mpi", "host", at(0.3)}};
  const auto with_cables = [&](const std::vector<Library>& measured) { return judged(measured, 8, nullptr, true); };
  const auto verdict = with_cables(libraries);
  ASSERT_THAT(verdict.findings, SizeIs(1)) << terminal_text(verdict, false);
  EXPECT_THAT(verdict.findings[0].title, HasSubstr("the loss is in mpi, not in the fabric"));
  const auto alone = with_cables({libraries.back()});
  ASSERT_THAT(alone.findings, SizeIs(1));
  EXPECT_THAT(alone.findings[0].title, HasSubstr("the whole fabric is slow"));
}

TEST(Ladder, MildLossIsAWarning) {
  const auto found = config(judged({{"verbs"}, {"mpi", "host", at(0.8)}}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, core::Severity::warn);
}

TEST(Ladder, OverheadExplainsShortMessages) {
  const core::Integer bytes = 8192;  // 164 ns at the rate of verbs; 900 ns more is what matching costs
  const double slower = static_cast<double>(bytes) / (164e-9 + 900e-9) / kRate;
  EXPECT_THAT(config(judged({{"verbs", "host", at(1), bytes}, {"ucx", "host", at(slower), bytes}})), IsEmpty());
}

TEST(Ladder, LatencyIsHeldAgainstTheLayerBelow) {
  EXPECT_THAT(config(judged({{"verbs", "host", at(1), 8, 2000}, {"mpi", "host", at(1), 8, 6500}})), IsEmpty());
  const auto found = config(judged({{"verbs", "host", at(1), 8, 2000}, {"mpi", "host", at(1), 8, 20000}}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].title, HasSubstr("mpi takes 10.0 times as long as verbs on the same pairs (latency 8 B)"));
}

TEST(Ladder, NcclAtHalfSpeedWithoutGpuDirect) {
  const auto found = config(judged({{"verbs"}, {"mpi", "host", at(0.95)}, {"nccl", "gpu", at(0.5)}}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].title, HasSubstr("nccl reaches 50 % of verbs"));
  EXPECT_THAT(found[0].advice, HasSubstr("NCCL_DEBUG=INFO"));
}

TEST(Ladder, OneSlowHostIsNoSlowLayer) {
  const auto slow = [](int a, int b) { return kRate * (a == 3 || b == 3 ? 0.3 : 0.97); };
  EXPECT_THAT(config(judged({{"verbs", "host", at(1)}, {"mpi", "host", slow}}, 8)), IsEmpty());
}

TEST(Ladder, PairsOnOneHostTellNothingOfTheFabric) {
  const auto verdict =
      judged({{"verbs"}, {"mpi", "host", at(0.2)}}, 4, [](int rank) { return fmt::format("nic/n1/mlx5_{}", rank); });
  EXPECT_THAT(verdict.ladder, IsEmpty());
  EXPECT_THAT(config(verdict), IsEmpty());
}

TEST(Ladder, OtherSizesAreNotCompared) {
  EXPECT_THAT(judged({{"verbs"}, {"mpi", "host", at(0.2), 1 << 20}}).ladder, IsEmpty());
}

TEST(Ladder, EveryLayerStandsOnLayersOfTheTable) {
  for (const auto& layer : layers()) {
    for (const auto below : layer.below) {
      EXPECT_NE(std::ranges::find(layers(), below, &Layer::name), layers().end()) << below;
    }
  }
}

}  // namespace
}  // namespace plumb::reports
