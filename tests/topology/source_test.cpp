#include "topology/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/json_file.h"
#include "core/run_dir.h"
#include "tests/core/temporary_dir.h"
#include "tests/topology/maps.h"

namespace plumb::topology {
namespace {

using testing::HasSubstr;

Graph read_plan(const std::string& text) {
  const test::TemporaryDir dir;
  const auto file = dir.path() / "plan.csv";
  core::write_file_atomically(file, text);
  GraphBuilder builder;
  file_source(file.string())->add_to(builder);
  return std::move(builder).seal();
}

std::string error_of(const std::string& plan) {
  try {
    read_plan(plan);
  } catch (const core::Error& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, NeedsOnlyTheEndsOfACable) {
  const auto graph = read_plan("kind,a,b\ncable,host/n1,switch/s\ncable,switch/s,host/n2\n");
  EXPECT_EQ(graph.node_count(), 3U);
  EXPECT_EQ(graph.link_row(0).id, "host/n1--switch/s");
  EXPECT_EQ(graph.link_row(0).source, "plan");
}

TEST(Plan, NodesMayBeToldToo) {
  const auto graph = read_plan("id,kind,tier,pod\nswitch/s,switch,1,p7\n");
  EXPECT_EQ(graph.row(*graph.find("switch/s")).tier, 1);
}

TEST(Plan, BrokenInputNamesItsLine) {
  EXPECT_THAT(error_of("kind,a,b\ncable,host/n1,switch/s\nwire,switch/s,host/n2\n"),
              HasSubstr("plan.csv:3: 'wire' is no kind of link"));
  EXPECT_THAT(error_of("kind,a,b\ncable,host/n1,switch/s\ncable,switch/s,host/n1\n"),
              HasSubstr("plan.csv:3: repeats host/n1--switch/s of line 2"));
  EXPECT_THAT(error_of("kind,a,b,rate_Bps\ncable,host/n1,switch/s,fast\n"), HasSubstr("plan.csv:2"));
  EXPECT_THAT(error_of("from,to\nx,y\n"), HasSubstr("plan.csv: is in none of the formats links.csv or nodes.csv"));
  EXPECT_THAT(error_of("kind,a,b\ncable,host/n1,sw"), HasSubstr("plan.csv"));  // cut off
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
  EXPECT_THAT(error_of("id,kind\nswitch/s,nic\n"), HasSubstr("plan.csv:2: node switch/s says that it is a nic"));
}

TEST(RunDirectory, HoldsAMapOfSeveralHosts) {
  const test::TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  run.put({.tool = "plumb-topo", .status = "complete"});
  for (const std::string host : {"n1", "n2"}) {
    auto writer = run.writer<core::LinkRow>(host);
    writer.add(test::cable("nic/" + host + "/a", "1", "switch/s", host));
    writer.flush();
  }
  GraphBuilder builder;
  run_dir_source((dir.path() / "run").string())->add_to(builder);
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(graph.link_count(), 2U);
  EXPECT_EQ(graph.node_count(), 5U);
}

TEST(Synthetic, CountsAreAsAsked) {
  const auto graph = test::synthetic("rail:hosts=64,rails=8,leaf=16,spines=4,pods=2,cores=3");
  std::size_t gpus = 0, switches = 0;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    gpus += graph.kind(n) == NodeKind::gpu ? 1 : 0;
    switches += graph.kind(n) == NodeKind::network_switch ? 1 : 0;
  }
  EXPECT_EQ(gpus, 512U);
  EXPECT_EQ(switches, 8U * (2 * (2 + 4) + 4 * 3));  // rails x (pods x (leaves + spines) + cores)
  EXPECT_EQ(graph.link_count(), 8U * (64 + 2 * (2 * 4 + 4 * 3)));
  EXPECT_EQ(graph.link_row(0).rate_Bps, 50e9);
}

TEST(Synthetic, WrongUseIsSaid) {
  EXPECT_THROW(synthetic_source("ring:hosts=4"), core::UsageError);
  EXPECT_THROW(synthetic_source("rail:hots=4"), core::UsageError);
  EXPECT_THROW(synthetic_source("rail:hosts=0"), core::UsageError);
  EXPECT_THROW(source_for("/nowhere/at/all", {}), core::UsageError);
}

}  // namespace
}  // namespace plumb::topology
