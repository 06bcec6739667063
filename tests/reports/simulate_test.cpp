// Runs with planted faults: the same everywhere, and each fault where its truth says.
#include "reports/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/json_file.h"
#include "core/statistics.h"
#include "tests/reports/golden.h"
#include "tests/reports/simulated.h"

namespace plumb::reports {
namespace {

using core::LinkRow;
using core::NodeRow;
using core::PairRow;
using core::PortRow;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::SizeIs;

constexpr const char* kPods = "rail:hosts=64,rails=4,leaf=8,spines=4,pods=4,cores=2";

/// All tables, one after the other.
std::string tables_of(const std::filesystem::path& run) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(run)) {
    if (entry.is_regular_file()) {
      files.insert(entry.path());
    }
  }
  std::string text;
  for (const auto& file : files) {
    text += file.filename().string() + "\n" + core::read_file(file);
  }
  return text;
}

SimulateOptions with_seed(SimulateOptions options, std::uint64_t seed) {
  options.seed = seed;
  return options;
}

TEST(Simulate, SameSeedSameBytes) {
  auto options = test::simulation(kPods, "hard");
  options.routes = true;
  const auto first = tables_of(test::Simulated(options).path());
  EXPECT_EQ(first, tables_of(test::Simulated(options).path()));
  EXPECT_NE(first, tables_of(test::Simulated(with_seed(options, 2)).path()));
}

// Other compilers and machines are held against the same file.
TEST(SimulateGolden, TheBytesAreAsTheyWere) {
  auto options = test::simulation("rail:hosts=16,rails=2,leaf=2,spines=2,pods=2,cores=1", "hard");
  options.rounds = 2;
  options.routes = true;
  const test::Simulated run(options);
  test::expect_golden(PLUMB_GOLDEN_DIR "/simulated.txt", tables_of(run.path()));
  test::expect_golden(PLUMB_GOLDEN_DIR "/simulated-manifest.json",
                      core::read_file(run.path() / "manifest/plumb-report-simulate.json"));
}

/// Lines of pairs.csv, by whether they have the word.
std::pair<std::vector<std::string>, std::vector<std::string>> parted(const test::Simulated& run,
                                                                     const std::string& word) {
  std::istringstream lines(core::read_file(run.path() / "pairs.csv"));
  std::pair<std::vector<std::string>, std::vector<std::string>> found;
  for (std::string line; std::getline(lines, line);) {
    (line.find(word) == std::string::npos ? found.second : found.first).push_back(line);
  }
  return found;
}

TEST(Simulate, AFaultChangesNothingElse) {
  const test::Simulated healthy(kPods, "none"), broken(kPods, "slow_nic@0.5");
  const auto truth = broken.rows<TruthRow>();
  ASSERT_THAT(truth, SizeIs(1));
  const std::string nic = truth[0].component, gpu = "gpu/" + nic.substr(4, 6) + "/" + nic.back() + ",";
  const auto was = parted(healthy, gpu), is = parted(broken, gpu);
  EXPECT_EQ(was.second, is.second);
  EXPECT_THAT(is.first, SizeIs(8));
  EXPECT_EQ(truth[0].rows, 8);
  for (std::size_t i = 0; i < is.first.size(); ++i) {
    EXPECT_NE(was.first[i], is.first[i]);
  }
  for (const auto* table : {"nodes.csv", "links.csv", "ports.csv", "gpus.csv", "checks.csv"}) {
    EXPECT_EQ(core::read_file(healthy.path() / table), core::read_file(broken.path() / table)) << table;
  }
}

TEST(Simulate, HealthyHasNoTruthAndLittleNoise) {
  const test::Simulated run(kPods, "easy-healthy");
  EXPECT_THAT(run.rows<TruthRow>(), IsEmpty());
  std::vector<double> rates;
  for (const auto& row : run.rows<PairRow>()) {
    rates.push_back(*row.bw_Bps);
    EXPECT_EQ(row.status, "ok");
  }
  EXPECT_THAT(rates, SizeIs(4 * 4 * 64));
  EXPECT_NEAR(core::median(rates), 50e9 * 0.94, 0.3e9);
  EXPECT_NEAR(core::scaled_mad(rates) / core::median(rates), 0.015, 0.003);
}

TEST(Simulate, EveryEndMeetsOneOtherOfItsRailARound) {
  std::map<std::pair<core::Integer, std::string>, std::set<std::string>> met;
  for (const auto& row : test::Simulated(kPods, "none").rows<PairRow>()) {
    EXPECT_EQ(row.src.back(), row.dst.back());
    met[{row.round, row.src}].insert(row.dst);
  }
  EXPECT_THAT(met, SizeIs(4 * 4 * 64));
  EXPECT_TRUE(std::ranges::all_of(met, [](const auto& one) { return one.second.size() == 1; }));
}

TEST(Simulate, OneWayIsSlowInOneDirection) {
  const test::Simulated run(kPods, "one_way_cable@0.5");
  const auto truth = run.rows<TruthRow>();
  const auto& cable = truth[0].component;
  const std::string gpu = "gpu/" + cable.substr(4, 6) + "/" + cable[14];
  const bool is_out = truth[0].direction == "out";
  for (const auto& row : run.rows<PairRow>()) {
    const bool is_slow = (is_out ? row.src : row.dst) == gpu;
    EXPECT_THAT(*row.bw_Bps, is_slow ? testing::Matcher<double>(Lt(30e9)) : testing::Matcher<double>(Gt(10e9)));
    if ((is_out ? row.dst : row.src) == gpu) {
      EXPECT_THAT(*row.bw_Bps, Gt(40e9));
    }
  }
}

std::map<std::string, core::Integer> rises(const test::Simulated& run, const std::string& counter) {
  std::map<std::string, core::Integer> rise;
  for (const auto& row : run.rows<PortRow>()) {
    if (row.counter == counter) {
      rise[row.node + ":" + row.port] += row.phase == "after" ? *row.value : -*row.value;
    }
  }
  std::erase_if(rise, [](const auto& one) { return one.second < 100; });
  return rise;
}

std::vector<std::string> both_ends(const std::string& cable) {
  const auto middle = cable.find("--");
  std::vector<std::string> ends{cable.substr(0, middle), cable.substr(middle + 2)};
  std::ranges::sort(ends);
  return ends;
}

TEST(Simulate, UplinkSlowsWhatHashesToItAndCountsErrorsAtBothEnds) {
  auto options = test::simulation(kPods, "ecmp_cable@0.4");
  const test::Simulated hidden(options);
  const auto truth = hidden.rows<TruthRow>();
  EXPECT_THAT(truth[0].component, HasSubstr("leaf"));
  EXPECT_EQ(truth[0].visible_in, "ports");
  EXPECT_THAT(truth[0].rows, Gt(5));
  EXPECT_THAT(truth[0].rows, Lt(8 * 4 * 2));  // not all of its leaf's
  std::vector<std::string> ends;
  for (const auto& [end, rise] : rises(hidden, "symbol_error")) {
    ends.push_back(end);
  }
  EXPECT_EQ(ends, both_ends(truth[0].component));
  options.counters = Counters::none;
  EXPECT_EQ(test::Simulated(options).rows<TruthRow>()[0].visible_in, "");
  options.routes = true;
  EXPECT_EQ(test::Simulated(options).rows<TruthRow>()[0].visible_in, "pairs");
}

TEST(Simulate, FlappingIsHealthyInTheMedian) {
  const test::Simulated run(kPods, "flapping_cable@0.2");
  const auto truth = run.rows<TruthRow>();
  core::Integer stalled = 0;
  for (const auto& row : run.rows<PairRow>()) {
    stalled += *row.min_bw_Bps < 0.25 * *row.bw_Bps ? 1 : 0;
  }
  EXPECT_EQ(stalled, truth[0].rows);
  EXPECT_THAT(stalled, Gt(1));
  EXPECT_EQ(truth[0].visible_in, "pairs ports");
  core::Integer downs = 0;
  for (const auto& row : run.rows<PortRow>()) {
    downs += row.counter == "link_downed" && row.phase == "after" ? 1 : 0;
  }
  EXPECT_EQ(downs, 2);
}

TEST(Simulate, HalfPcieShowsWhereItsTruthSays) {
  const test::Simulated run(kPods, "half_pcie:12");
  std::set<std::string> in_links, in_checks, told_links, told_checks;
  for (const auto& row : run.rows<LinkRow>()) {
    if (row.kind == "pcie" && row.width == "x8" && row.max_width == "x16") {
      in_links.insert(row.b);
    }
  }
  for (const auto& row : run.rows<core::CheckRow>()) {
    if (row.status == "fail") {
      EXPECT_EQ(row.check, "pcie_width");
      in_checks.insert(row.subject);
    }
  }
  for (const auto& row : run.rows<TruthRow>()) {
    if (row.component.starts_with("nic/") && row.visible_in.find("links") != std::string::npos) {
      told_links.insert(row.component);
    }
    if (row.component.starts_with("nic/") && row.visible_in.find("checks") != std::string::npos) {
      told_checks.insert(row.component);
    }
  }
  EXPECT_EQ(in_links, told_links);
  EXPECT_EQ(in_checks, told_checks);
  EXPECT_THAT(in_links, Not(IsEmpty()));
  EXPECT_THAT(in_checks, Not(IsEmpty()));
}

TEST(Simulate, DowntrainedCableTellsItsRate) {
  const test::Simulated run(kPods, "downtrained_cable:6");
  std::map<std::string, LinkRow> links;
  for (const auto& row : run.rows<LinkRow>()) {
    links[row.id] = row;
  }
  for (const auto& row : run.rows<TruthRow>()) {
    const auto& link = links.at(row.component);
    EXPECT_DOUBLE_EQ(*link.rate_Bps, 50e9 * row.factor);
    EXPECT_TRUE(link.width != link.max_width || link.speed != link.max_speed);
  }
}

TEST(Simulate, SlowGpuShowsAmongItsPeers) {
  const test::Simulated run(kPods, "slow_gpu@0.6");
  const auto truth = run.rows<TruthRow>();
  for (const auto& row : run.rows<core::GpuRow>()) {
    const double healthy = row.test == "hbm_copy" ? 2.9e12 : 7.0e14;
    EXPECT_NEAR(*row.value / healthy, row.gpu == truth[0].component ? 0.6 : 1, 0.06) << row.gpu;
  }
  EXPECT_EQ(truth[0].visible_in, "pairs gpus");
}

TEST(Simulate, OverNicsASlowGpuSlowsNoPair) {
  auto options = test::simulation(kPods, "slow_gpu@0.6");
  options.ends = Ends::nic;
  const test::Simulated run(options);
  EXPECT_EQ(run.rows<TruthRow>()[0].visible_in, "gpus");
  const auto pairs = run.rows<PairRow>();
  EXPECT_TRUE(std::ranges::all_of(pairs, [](const auto& row) { return row.src.starts_with("nic/"); }));
}

TEST(Simulate, SlowHostAndSlowLeafSlowAllTheirEnds) {
  const test::Simulated host("rail:hosts=32,rails=4,leaf=4,spines=2", "slow_host@0.5");
  EXPECT_EQ(host.rows<TruthRow>()[0].rows, 4 * 4 * 2);
  const test::Simulated leaf("rail:hosts=32,rails=4,leaf=4,spines=2", "slow_leaf@0.5");
  const auto rows = leaf.rows<TruthRow>()[0].rows;
  EXPECT_GE(rows, 4 * 4);  // fewer where two of its ends meet
  EXPECT_LE(rows, 4 * 4 * 2);
}

TEST(Simulate, TwoGenerationsMeetAtTheSlowerRate) {
  const test::Simulated run("rail:hosts=64,rails=2,leaf=8,spines=4,pods=2,cores=2", "hard-healthy");
  std::map<std::string, double> rate;
  std::map<std::string, std::string> model;
  for (const auto& row : run.rows<NodeRow>()) {
    if (row.kind == "nic") {
      rate[row.host] = *row.rate_Bps;
      model[row.pod] = row.model;
    }
  }
  EXPECT_THAT(model, ElementsAre(std::pair("p1", "ConnectX-7"), std::pair("p2", "ConnectX-6")));
  std::set<double> rates;
  for (const auto& row : run.rows<PairRow>()) {
    if (row.status == "ok") {
      const double slower = std::min(rate.at(row.src.substr(4, 6)), rate.at(row.dst.substr(4, 6)));
      rates.insert(slower);
      EXPECT_THAT(*row.bw_Bps, Lt(1.1 * slower));
    }
  }
  EXPECT_THAT(rates, ElementsAre(25e9, 50e9));
}

TEST(Simulate, RowsAreMissingAndFailedAsOrdered) {
  const test::Simulated run(kPods, "hard-healthy");
  const auto pairs = run.rows<PairRow>();
  EXPECT_NEAR(static_cast<double>(pairs.size()) / (4 * 4 * 64), 0.95, 0.03);
  std::size_t failed = 0;
  for (const auto& row : pairs) {
    if (row.status == "failed") {
      ++failed;
      EXPECT_FALSE(row.bw_Bps || row.min_bw_Bps || row.p50_ns || row.p99_ns);
      EXPECT_FALSE(row.reason.empty());
    }
  }
  EXPECT_NEAR(static_cast<double>(failed), 10, 9);
}

}  // namespace
}  // namespace plumb::reports
