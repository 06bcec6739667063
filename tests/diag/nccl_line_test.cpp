#include "diag/nccl_line.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "core/error.h"
#include "diag/log_lines.h"
#include "tests/core/temporary_dir.h"

namespace plumb::diag {
namespace {

std::vector<NcclLine> messages_in(std::string_view line) {
  std::vector<NcclLine> messages;
  for_each_nccl_message(line, [&](const NcclLine& message) { messages.push_back(message); });
  return messages;
}

TEST(NcclLine, LaunchersPutTheirWordsInFront) {
  for (const std::string prefix : {"", "0: ", "[1,3]<stdout>:", "Fri Aug 11 12:31:45 2023[1,0]<stdout>:", "[0] ",
                                   "[2026-03-13 22:26:02] ", "[pod/train-0/main] ", "(RayWorker pid=77) ",
                                   "2026-11-26T10:00:00.123Z stderr F ", "\x1b[36m(pid=7)\x1b[0m "}) {
    const auto line = prefix + "n-01.rack:984:1357 [4] NCCL INFO Using network IB";
    const auto messages = messages_in(line);
    ASSERT_EQ(messages.size(), 1U) << prefix;
    EXPECT_EQ(messages[0].host, "n-01.rack") << prefix;
    EXPECT_EQ(messages[0].pid, 984) << prefix;
    EXPECT_EQ(messages[0].thread, 1357) << prefix;
    EXPECT_EQ(messages[0].device, 4) << prefix;
    EXPECT_EQ(messages[0].text, "Using network IB") << prefix;
  }
}

TEST(NcclLine, WarningsHaveASourceAndFrom230AFunction) {
  for (const std::string source : {"misc/socket.cc:49", "misc/socket.cc:49 (socketProgress)"}) {
    const std::string line = "n01:1:2 [3] " + source + " NCCL WARN it broke";
    const auto messages = messages_in(line);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].level, NcclLevel::warn);
    EXPECT_EQ(messages[0].source, "misc/socket.cc:49");
    EXPECT_EQ(messages[0].host, "n01");
    EXPECT_EQ(messages[0].device, 3);
  }
}

TEST(NcclLine, TwoMessagesThatLostTheLineEndBetweenThem) {
  const auto messages =
      messages_in("n01:1:2 [3] NCCL INFO Channel 00/0 : 0[0] -> 1n02:5:6 [7] NCCL INFO Using network IB");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].host, "n01");
  EXPECT_EQ(messages[1].text, "Using network IB");
  EXPECT_EQ(messages[1].device, 7);
}

TEST(NcclLine, WhatIsLeftOutIsNotKnown) {
  const auto anonymous = messages_in("<node>:9:8 [1] NCCL INFO Using network IB");
  ASSERT_EQ(anonymous.size(), 1U);
  EXPECT_EQ(anonymous[0].host, "<node>");
  const auto bare = messages_in("[3] NCCL INFO Using network IB");
  ASSERT_EQ(bare.size(), 1U);
  EXPECT_EQ(bare[0].host, "");
  EXPECT_EQ(bare[0].device, 3);
  for (const auto* line : {"", "NCCL", "NCCL INFO", "NCCL version 2.1", "about NCCL INFORMATION"}) {
    EXPECT_TRUE(messages_in(line).empty()) << line;
  }
}

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  for_each_line(path, [&](std::string_view line, std::uint64_t number) {
    lines.emplace_back(line);
    EXPECT_EQ(number, lines.size());
  });
  return lines;
}

TEST(LogLines, AreTheSameHoweverTheTextIsCut) {
  const std::string text = "one\r\n\ntwo three\nlast";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    std::vector<std::string> lines;
    LineCutter cutter([&](std::string_view line, std::uint64_t /*number*/) { lines.emplace_back(line); });
    for (std::size_t at = 0; at < text.size(); at += size) {
      cutter.add(std::string_view(text).substr(at, size));
    }
    cutter.finish();
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "two three", "last"})) << size;
  }
}

TEST(LogLines, OfPlainAndOfCompressedFiles) {
  const test::TemporaryDir dir;
  const auto plain = (dir.path() / "plain").string(), packed = (dir.path() / "packed.gz").string();
  const std::string text = "a\n" + std::string(3 * kLongestLine, 'x') + "\nb\n";
  std::ofstream(plain) << text;
  auto* file = gzopen(packed.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  ASSERT_EQ(lines_of(plain).size(), 3U);
  EXPECT_EQ(lines_of(plain)[1].size(), kLongestLine);
  EXPECT_EQ(lines_of(plain), lines_of(packed));
}

TEST(LogLines, BrokenFilesAreNamed) {
  const test::TemporaryDir dir;
  EXPECT_THROW(lines_of((dir.path() / "none").string()), core::Error);
  EXPECT_THROW(lines_of(dir.path().string()), core::Error);
  const auto packed = (dir.path() / "cut.gz").string();
  auto* file = gzopen(packed.c_str(), "wb");
  for (int i = 0; i < 10000; ++i) {
    const auto number = std::to_string(i * 7919) + "\n";
    gzwrite(file, number.data(), static_cast<unsigned>(number.size()));
  }
  gzclose(file);
  std::filesystem::resize_file(packed, std::filesystem::file_size(packed) / 2);
  EXPECT_THROW(lines_of(packed), core::Error);
}

}  // namespace
}  // namespace plumb::diag
