// Where simulated runs come from and go to: maps, nights, routes, wrong use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "core/statistics.h"
#include "reports/command.h"
#include "reports/map.h"
#include "tests/reports/simulated.h"
#include "topology/paths.h"

namespace plumb::reports {
namespace {

using core::PairRow;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kSmall = "rail:hosts=32,rails=2,leaf=4,spines=2,pods=2,cores=2";

double median_rate(const test::Simulated& run, int night) {
  std::vector<double> rates;
  for (const auto& row : run.rows<PairRow>(night)) {
    rates.push_back(*row.bw_Bps);
  }
  return core::median(rates);
}

TEST(SimulateRun, ARegressionComesWithAnotherDriver) {
  auto options = test::simulation(kSmall, "slow_nic:2,regression@0.8");
  options.nights = 3;
  options.regression_at = 3;
  const test::Simulated run(options);
  const auto driver = [&](int night) {
    return core::RunDir::open(run.path(night)).manifests().at(0).components.at(0).version;
  };
  EXPECT_EQ(driver(1), driver(2));
  EXPECT_NE(driver(2), driver(3));
  EXPECT_NEAR(median_rate(run, 2) / median_rate(run, 1), 1, 0.01);
  EXPECT_NEAR(median_rate(run, 3) / median_rate(run, 1), 0.8, 0.01);
  EXPECT_THAT(run.rows<TruthRow>(1), SizeIs(2));
  const auto last = run.rows<TruthRow>(3);
  ASSERT_THAT(last, SizeIs(3));
  EXPECT_EQ(last[0].component, run.rows<TruthRow>(1)[0].component);
  EXPECT_EQ(last[2].component, kWholeFabric);
}

TEST(SimulateRun, ARegressionOfTheOlderGenerationLeavesTheNewerAlone) {
  auto options =
      test::simulation("rail:hosts=64,rails=1,leaf=8,spines=2,pods=2,cores=2", "hard-healthy,regression@0.7");
  options.plan.weather = {.noise = 0.001, .disturbed = 0, .missing = 0, .failed = 0, .generations = 2};
  const test::Simulated run(options);
  const auto components = core::RunDir::open(run.path()).manifests().at(0).components;
  ASSERT_THAT(components, SizeIs(2));
  EXPECT_NE(components[0].version, components[1].version);
  double newer = 0, older = 1e12;
  for (const auto& row : run.rows<PairRow>()) {
    newer = std::max(newer, *row.bw_Bps);
    older = std::min(older, *row.bw_Bps);
  }
  EXPECT_NEAR(newer, 50e9 * 0.942, 1e9);
  EXPECT_NEAR(older, 25e9 * 0.7 * 0.935, 0.5e9);
}

TEST(SimulateRun, AUniformlySlowFabricIsSlowEverywhere) {
  const test::Simulated healthy(kSmall, "none"), slow(kSmall, "slow_fabric@0.8");
  EXPECT_NEAR(median_rate(slow, 0) / median_rate(healthy, 0), 0.8, 0.002);
  EXPECT_EQ(slow.rows<TruthRow>()[0].component, kWholeFabric);
}

TEST(SimulateRun, ARunDirectoryIsATopology) {
  const test::Simulated first(kSmall, "none");
  const test::Simulated second(first.path().string(), "slow_nic:1,half_pcie:1");
  EXPECT_EQ(second.rows<core::NodeRow>().size(), first.rows<core::NodeRow>().size());
  EXPECT_EQ(second.rows<core::LinkRow>().size(), first.rows<core::LinkRow>().size());
  EXPECT_THAT(second.rows<TruthRow>(), SizeIs(4));
}

TEST(SimulateRun, WithoutGpusNicsAreMeasured) {
  const test::Simulated run("fat-tree:hosts=16,leaf=4,spines=2", "easy");
  EXPECT_EQ(run.rows<PairRow>().at(0).src.substr(0, 4), "nic/");
  EXPECT_FALSE(std::filesystem::exists(run.path() / "gpus.csv"));
  for (const auto& row : run.rows<TruthRow>()) {
    EXPECT_NE(row.kind, "slow_gpu");
  }
}

// read_map resolves every id; along() refuses cables that do not connect.
TEST(SimulateRun, RoutesLeadFromNicToNic) {
  auto options = test::simulation(kSmall, "none");
  options.routes = true;
  const test::Simulated run(options);
  const auto map = read_map({run.path()});
  const topology::PathFinder finder(map.graph);
  EXPECT_THAT(map.routes, Not(IsEmpty()));
  for (const auto& [ends, cables] : map.routes) {
    const auto way = finder.along(ends.first, cables);
    EXPECT_EQ(way.cables.size(), cables.size());
    const auto& last = map.graph.link(cables.back());
    EXPECT_TRUE(last.a == ends.second || last.b == ends.second);
  }
}

TEST(SimulateRun, AllCountersOfAllPorts) {
  auto options = test::simulation(kSmall, "none");
  const test::Simulated changed(options);
  options.counters = Counters::all;
  const test::Simulated all(options);
  const auto cables = std::ranges::count(all.rows<core::LinkRow>(), "cable", &core::LinkRow::kind);
  EXPECT_EQ(all.rows<core::PortRow>().size(), static_cast<std::size_t>(cables) * 2 * 2 * 6);
  EXPECT_LT(changed.rows<core::PortRow>().size(), all.rows<core::PortRow>().size());
  options.counters = Counters::none;
  EXPECT_FALSE(std::filesystem::exists(test::Simulated(options).path() / "ports.csv"));
}

std::string refusal(const std::string& topology, const std::string& faults) {
  return test::message_of<core::Error>([&] { test::Simulated(topology, faults); });
}

TEST(SimulateRun, WrongUseIsNamed) {
  EXPECT_THAT(refusal(kSmall, "slow_nick:3"), AllOf(HasSubstr("'slow_nick:3'"), HasSubstr("one_way_cable")));
  EXPECT_THAT(refusal(kSmall, "slow_nic:x"), HasSubstr("'x' of slow_nic:x"));
  EXPECT_THAT(refusal(kSmall, "slow_nic:101%"), HasSubstr("'101'"));
  EXPECT_THAT(refusal(kSmall, "slow_nic@1.5"), HasSubstr("'1.5'"));
  EXPECT_THAT(refusal(kSmall, "slow_nic:65"), HasSubstr("no room for 65 times slow_nic"));
  EXPECT_THAT(refusal("fat-tree:hosts=16,leaf=4,spines=2", "slow_gpu"), HasSubstr("no room"));
  EXPECT_THAT(refusal("rail:hosts=16,fish=2", "none"), HasSubstr("fish=2"));
  EXPECT_THAT(refusal("/nowhere", "none"), HasSubstr("/nowhere"));
}

/// What a subcommand's --help prints.
std::string help_of(void (*add)(CLI::App&, Invocation&), const std::string& name) {
  CLI::App app;
  Invocation invocation(0, nullptr);
  add(app, invocation);
  return app.get_subcommand(name)->help();
}

TEST(SimulateRun, HelpIsWholeAndHasExamples) {
  for (const auto& help : {help_of(add_simulate, "simulate"), help_of(add_grade, "grade")}) {
    EXPECT_EQ(help.find('\0'), std::string::npos);  // a program prints no further
    EXPECT_THAT(help, AllOf(HasSubstr("Examples:\n  plumb-report "), HasSubstr("runs/")));
  }
}

TEST(SimulateRun, AWordThatIsNoneIsRefused) {
  CLI::App app;
  Invocation invocation(0, nullptr);
  add_simulate(app, invocation);
  const auto message =
      test::message_of<CLI::ParseError>([&] { app.parse("simulate --topology rail --run-dir x --endpoints gpx"); });
  EXPECT_THAT(message, AllOf(HasSubstr("gpx"), HasSubstr("nic")));
}

TEST(SimulateRun, ARunIsNotOverwritten) {
  const test::Simulated run(kSmall, "none");
  auto options = test::simulation(kSmall, "none");
  options.run_dir = run.path().string();
  EXPECT_THAT(test::message_of<core::UsageError>([&] { simulate(options, {}); }), HasSubstr("is not empty"));
}

}  // namespace
}  // namespace plumb::reports
