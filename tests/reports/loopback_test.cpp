// Each NIC with its own host's memory, beside pairs: tells what is behind the NIC from the cable before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/judge.h"
#include "reports/outputs.h"
#include "tests/reports/failing.h"
#include "tests/reports/fleet.h"

namespace plumb::reports {
namespace {

using core::FindingKind;
using core::VerdictKind;
using test::failing;
using test::Fleet;
using test::TemporaryDir;

/// Eight hosts with one or two NICs, each with a cable to the one switch; every pair of a rail, and loopback.
struct Nics {
  int hosts = 8, rails = 1;
  bool has_pairs = true, has_loopback = true;
  std::function<double(int src, int dst, int rail)> factor = [](int, int, int) { return 1.0; };
  std::function<double(int host, int rail)> loopback_factor = [](int, int) { return 1.0; };

  static std::string host(int h) { return "n0" + std::to_string(h); }
  static std::string nic(int h, int rail) { return "nic/" + host(h) + "/mlx5_" + std::to_string(rail); }

  void write(const std::filesystem::path& path) const {
    const auto dir = core::RunDir::create(path);
    write_map(dir);
    auto pairs = dir.writer<core::PairRow>();
    std::mt19937_64 random(3);
    std::normal_distribution<double> normal(0, 0.01);
    for (int rail = 0; rail < rails; ++rail) {
      for (int a = 0; a < hosts; ++a) {
        for (int b = 0; b < hosts; ++b) {
          const double noise = std::exp(normal(random));
          if (a != b && has_pairs) {
            pairs.add(row(a, b, rail, 48e9 * factor(a, b, rail) * noise, "round-robin"));
          } else if (a == b && has_loopback) {
            pairs.add(row(a, a, rail, 31e9 * loopback_factor(a, rail) * noise, "loopback"));
          }
        }
      }
    }
    pairs.flush();
    dir.put({.tool = "plumb-pairs", .status = "complete"});
  }

 private:
  void write_map(const core::RunDir& dir) const {
    auto nodes = dir.writer<core::NodeRow>();
    auto links = dir.writer<core::LinkRow>();
    for (int h = 0; h < hosts; ++h) {
      for (int rail = 0; rail < rails; ++rail) {
        nodes.add({.id = nic(h, rail), .kind = "nic", .host = host(h), .rail = rail, .source = "test"});
        links.add({.kind = "cable",
                   .a = nic(h, rail),
                   .a_port = "1",
                   .b = "switch/leaf" + std::to_string(rail),
                   .b_port = std::to_string(h),
                   .rate_Bps = 50e9,
                   .source = "test"});
      }
    }
  }

  static core::PairRow row(int a, int b, int rail, double rate, const std::string& schedule) {
    auto row = Fleet().row(a, b, rate);
    row.src = nic(a, rail);
    row.dst = nic(b, rail);
    row.backend = "verbs";
    row.schedule = schedule;
    return row;
  }
};

Judgement judge_nics(const Nics& nics) {
  const TemporaryDir dir;
  nics.write(dir.path() / "run");
  Fabric fabric(read_map({dir.path() / "run"}));
  return judge(read_evidence({dir.path() / "run"}), fabric, default_limits());
}

/// The only failure; what is slow between hosts is host 5's first NIC, out and in.
core::Finding only_failure(Nics nics, double factor) {
  nics.factor = [factor](int a, int b, int rail) { return rail == 0 && (a == 5 || b == 5) ? factor : 1.0; };
  const auto judgement = judge_nics(nics);
  const auto fails = failing(judgement);
  EXPECT_EQ(fails.size(), 1U) << terminal_text(judgement.verdict, false);
  return fails.empty() ? core::Finding{} : fails.front();
}

std::vector<std::string> components(const core::Finding& finding) {
  std::vector<std::string> ids;
  for (const auto& suspect : finding.suspects) {
    ids.push_back(suspect.component);
  }
  return ids;
}

constexpr const char* kCable = "nic/n05/mlx5_0:1--switch/leaf0:5";

TEST(Loopback, WithoutItNothingTellsTheCableFromTheNic) {
  const auto finding = only_failure({.has_loopback = false}, 0.4);
  EXPECT_THAT(components(finding), testing::UnorderedElementsAre(kCable, "nic/n05/mlx5_0", "host/n05"));
  EXPECT_THAT(finding.advice, testing::HasSubstr("--schedule loopback tells the cable from what is behind the NIC"));
}

TEST(Loopback, AFastOneLeavesTheCable) {
  const auto finding = only_failure({}, 0.4);
  EXPECT_EQ(finding.kind, FindingKind::slow_link);
  EXPECT_THAT(components(finding), testing::ElementsAre(kCable));
  EXPECT_THAT(finding.advice, testing::HasSubstr("in loopback it is as fast as its peers: look before the NIC"));
  EXPECT_THAT(finding.evidence.back().says, testing::HasSubstr("nic/n05/mlx5_0 with its own host's memory: "));
}

TEST(Loopback, ASlowOneIsNotTheCable) {
  for (const double of_loopback : {0.25, 0.4, 0.6}) {  // both directions share what one has alone, or do not
    Nics nics;
    nics.loopback_factor = [&](int host, int) { return host == 5 ? of_loopback : 1.0; };
    const auto finding = only_failure(nics, 0.4);
    EXPECT_EQ(finding.kind, FindingKind::slow_nic) << of_loopback;
    EXPECT_THAT(components(finding), testing::UnorderedElementsAre("nic/n05/mlx5_0", "host/n05")) << of_loopback;
    EXPECT_THAT(finding.advice, testing::HasSubstr("it is slow in loopback, too: look behind the NIC (PCIe"));
  }
}

TEST(Loopback, OneWayFaultsAreToldApartToo) {
  for (const bool is_behind : {false, true}) {
    Nics nics;
    nics.factor = [](int a, int, int) { return a == 5 ? 0.5 : 1.0; };
    nics.loopback_factor = [&](int host, int) { return is_behind && host == 5 ? 0.5 : 1.0; };
    const auto fails = failing(judge_nics(nics));
    ASSERT_EQ(fails.size(), 1U);
    EXPECT_THAT(fails[0].title, testing::HasSubstr("sending only"));
    EXPECT_EQ(fails[0].kind, is_behind ? FindingKind::slow_nic : FindingKind::slow_link);
    EXPECT_EQ(std::ranges::count(components(fails[0]), kCable), is_behind ? 0 : 1);
  }
}

TEST(Loopback, AHostIsSlowWithAllItsNics) {
  Nics nics{.rails = 2};
  nics.factor = [](int a, int b, int) { return a == 5 || b == 5 ? 0.5 : 1.0; };
  nics.loopback_factor = [](int host, int) { return host == 5 ? 0.5 : 1.0; };
  const auto fails = failing(judge_nics(nics));
  ASSERT_EQ(fails.size(), 1U);
  EXPECT_EQ(fails[0].kind, FindingKind::slow_host);
  EXPECT_THAT(components(fails[0]), testing::ElementsAre("host/n05"));
}

TEST(Loopback, AHealthyFleetPassesAndItsRatesAreNoNormForPairs) {
  EXPECT_EQ(judge_nics({.rails = 2}).verdict.kind, VerdictKind::pass);
}

TEST(Loopback, AloneItIsNoPass) {
  const auto judgement = judge_nics({.has_pairs = false});
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(judgement.verdict.notes, testing::Contains(testing::HasSubstr("no pair of hosts was measured")));
}

TEST(Loopback, ASlowOneByItselfBlamesNobodyAndIsNoPairToMeasureAgain) {
  Nics nics;
  nics.loopback_factor = [](int host, int) { return host == 5 ? 0.4 : 1.0; };
  const auto judgement = judge_nics(nics);
  EXPECT_TRUE(failing(judgement).empty()) << "its pairs are fast, and one row may be a disturbance";
  EXPECT_THAT(judgement.verdict.notes,
              testing::Contains(testing::HasSubstr("the worst: nic/n05/mlx5_0 to nic/n05/mlx5_0")));
  EXPECT_TRUE(judgement.retest.empty());
}

}  // namespace
}  // namespace plumb::reports
