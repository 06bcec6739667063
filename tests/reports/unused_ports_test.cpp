// Ports that are down: what the plan makes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

topology::Graph with_cables(const std::vector<std::string>& nics, const std::string& source) {
  topology::GraphBuilder builder;
  for (const auto& nic : nics) {
    core::LinkRow row;
    row.kind = "cable";
    row.a = nic;
    row.b = "switch/leaf0";
    row.source = source;
    builder.add(row);
  }
  return std::move(builder).seal();
}

CheckSource down(const std::string& host, const std::string& nic, const std::string& status = "fail") {
  return {{host, "nic/" + host + "/" + nic, "port_state", status, "port 1 is DOWN, Polling", "ACTIVE, LinkUp", "look"},
          "checks." + host + ".csv",
          2};
}

std::vector<std::string> left(std::vector<CheckSource> rows, const topology::Graph& graph, std::size_t hosts = 1) {
  hold_ports_against_plan(graph, hosts, rows);
  std::vector<std::string> texts;
  for (const auto& source : rows) {
    texts.push_back(source.row.status + " " + source.row.subject);
  }
  return texts;
}

TEST(UnusedPorts, APlannedCableMakesItAFaultAndAPlanWithoutItNone) {
  const auto graph = with_cables({"nic/n1/mlx5_0", "nic/n1/mlx5_1"}, "plan");
  EXPECT_THAT(left({down("n1", "mlx5_1", "warn"), down("n1", "mlx5_8")}, graph), ElementsAre("fail nic/n1/mlx5_1"));
}

TEST(UnusedPorts, APlanThatNamesOtherwiseSaysNothing) {
  EXPECT_THAT(left({down("n1", "mlx5_8")}, with_cables({"nic/n1/ens1"}, "plan")), ElementsAre("fail nic/n1/mlx5_8"));
  EXPECT_THAT(left({down("n2", "mlx5_8")}, with_cables({"nic/n1/mlx5_0"}, "plan")), ElementsAre("fail nic/n2/mlx5_8"));
}

TEST(UnusedPorts, AMapThatWasSeenIsNoPlan) {
  EXPECT_THAT(left({down("n1", "mlx5_8")}, with_cables({"nic/n1/mlx5_0"}, "lldp")), ElementsAre("fail nic/n1/mlx5_8"));
}

TEST(UnusedPorts, WhatIsDownEverywhereWantsALook) {
  const auto none = with_cables({}, "plan");
  const std::vector rows{down("n1", "mlx5_8"), down("n2", "mlx5_8"), down("n3", "mlx5_8"), down("n3", "mlx5_0")};
  EXPECT_THAT(left(rows, none, 3),
              ElementsAre("warn nic/n1/mlx5_8", "warn nic/n2/mlx5_8", "warn nic/n3/mlx5_8", "fail nic/n3/mlx5_0"));
  EXPECT_THAT(left(rows, none, 4),
              ElementsAre("fail nic/n1/mlx5_8", "fail nic/n2/mlx5_8", "fail nic/n3/mlx5_8", "fail nic/n3/mlx5_0"));
  EXPECT_THAT(left({}, none, 3), IsEmpty());
}

}  // namespace
}  // namespace plumb::reports
