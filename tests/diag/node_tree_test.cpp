#include "diag/node_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/csv_writer.h"
#include "core/error.h"
#include "core/json_file.h"
#include "diag/capture_names.h"
#include "diag/node_check.h"
#include "tests/diag/planted_machine.h"

namespace plumb::diag {
namespace {

namespace fs = std::filesystem;

TEST(NodeTree, LinksNeverLeadOut) {
  const PlantedMachine host;
  host.put("/etc/secret", "inside");
  fs::create_symlink("/etc/secret", host.root() / "absolute");
  fs::create_symlink("../../../../../../etc/secret", host.root() / "up");
  const NodeTree tree(host.root());
  EXPECT_EQ(tree.text("/absolute"), "inside");
  EXPECT_EQ(tree.text("/up"), "inside");
}

TEST(NodeTree, ALinkInACircleIsNothing) {
  const PlantedMachine host;
  fs::create_symlink("b", host.root() / "a");
  fs::create_symlink("a", host.root() / "b");
  EXPECT_EQ(NodeTree(host.root()).text("/a"), std::nullopt);
}

TEST(NodeTree, WhatCannotBeReadIsNothing) {
  const PlantedMachine host;
  const NodeTree tree(host.root());
  EXPECT_EQ(tree.text("/sys"), std::nullopt);
  EXPECT_EQ(tree.number("/proc/cpuinfo"), std::nullopt);
  EXPECT_TRUE(tree.names("/no/such/place").empty());
  EXPECT_THROW(NodeTree("/no/such/root"), core::Error);
}

TEST(NodeTree, ThisMachineCapturedTellsWhatItTold) {
  const fs::path capture = fs::path(testing::TempDir()) / "plumb-capture";
  fs::remove_all(capture);
  const NodeTree live("/", capture);
  const auto first = check_node(read_machine(live), NodeLimits());
  const NodeTree captured(capture);
  const auto again = check_node(read_machine(captured), NodeLimits());
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(core::row_line(first[i]), core::row_line(again[i]));
  }
  fs::remove_all(capture);
}

TEST(CaptureNames, AreReplacedAlikeEverywhere) {
  const PlantedMachine host;
  host.put("/a", "n05 n05.example.com n055 gid 0000:0000:0000:0000:0000:ffff:0a0b:0c0d mac 04:3f:72:aa:bb:cc\n");
  host.put("/b",
           "guid 506b:4b03:00f5:1234 mac 04:3f:72:aa:bb:cc ip 10.11.12.13 serial: MT2233X01234 pci 0000:17:00.0\n");
  rename_in_capture(host.root(), "n05");
  const auto a = core::read_file(host.root() / "a"), b = core::read_file(host.root() / "b");
  EXPECT_EQ(a.find("host-1 host-1.example.com n055 gid 0000:"), 0U) << a;
  EXPECT_EQ((a + b).find("0a0b:0c0d"), std::string::npos);
  EXPECT_EQ((a + b).find("04:3f"), std::string::npos);
  EXPECT_EQ(b.find("506b"), std::string::npos);
  EXPECT_EQ(b.find("10.11"), std::string::npos);
  EXPECT_NE(b.find("serial: SERIAL pci 0000:17:00.0"), std::string::npos) << b;
  const auto mac = a.substr(a.find("02:00:"), 17);
  EXPECT_NE(b.find(mac), std::string::npos) << "the same address has the same name in both files";
}

/// Rows as text, the host under its other name.
std::string rows_text(const std::vector<core::CheckRow>& rows, const std::string& host) {
  std::string text;
  for (const auto& row : rows) {
    text += core::row_line(row);
  }
  for (auto at = text.find(host); at != std::string::npos; at = text.find(host, at + 6)) {
    text.replace(at, host.size(), "host-1");
  }
  return text;
}

/// tests/data/node/gpu-host.tar.gz is made of what this leaves in PLUMB_KEEP_CAPTURE (tests/diag/captured_gpu_host says
/// how).
TEST(CaptureNames, AGpuHostTellsTheSameUnderAnotherName) {
  const PlantedMachine host;
  host.put(PlantedMachine::gpu(3) + "/current_link_width", "8\n");
  host.put(PlantedMachine::gpu(5) + "/current_link_speed", "2.5 GT/s PCIe\n");  // it rests
  host.put(PlantedMachine::port(4) + "/state", "1: DOWN\n");
  host.put(PlantedMachine::port(4) + "/phys_state", "2: Polling\n");
  host.add_second_port(0);
  host.add_to_log("[ 9.1] n05 NVRM: Xid (PCI:0000:23:00): 64, Row Remapper: failed");
  const char* kept = std::getenv("PLUMB_KEEP_CAPTURE");
  const auto capture = kept != nullptr ? fs::path(kept) : fs::path(testing::TempDir()) / "plumb-gpu-host";
  fs::remove_all(capture);
  const NodeTree live(host.root(), capture);
  const auto first = check_node(read_machine(live), NodeLimits());
  fs::create_directories(capture / "plumbline");
  fs::copy(host.root() / "plumbline", capture / "plumbline", fs::copy_options::overwrite_existing);
  rename_in_capture(capture, "n05");
  const auto again = check_node(read_machine(NodeTree(capture)), NodeLimits());
  EXPECT_EQ(rows_text(first, "n05"), rows_text(again, "host-1"));
  EXPECT_THAT(rows_text(again, "host-1"),
              testing::AllOf(testing::HasSubstr("pcie_width,fail"), testing::HasSubstr("xid,fail"),
                             testing::Not(testing::HasSubstr("n05"))));
  if (kept == nullptr) {
    fs::remove_all(capture);
  }
}

TEST(NodeLimits, UnknownNamesAndTextAreRefused) {
  const auto file = fs::path(testing::TempDir()) / "limits.json";
  const auto refused = [&](const char* text) {
    std::ofstream(file) << text;
    EXPECT_THROW(NodeLimits{file}, core::Error) << text;
  };
  refused(R"({"node":{"min_memlok_bytes":1}})");
  refused(R"({"node":{"min_memlock_bytes":"all"}})");
  refused(R"({"nodes":{}})");
  refused(R"({"schema":2,"node":{}})");
  std::ofstream(file) << R"({"node":{"max_link_downed":0}})";
  EXPECT_EQ(NodeLimits(file)["max_link_downed"], 0);
  EXPECT_GT(NodeLimits(file)["min_memlock_bytes"], 0) << "what the file does not name stays";
}

}  // namespace
}  // namespace plumb::diag
