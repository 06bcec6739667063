#include "core/read_ahead.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "tests/core/temporary_dir.h"

namespace plumb::core {
namespace {

using test::message_of;
using test::TemporaryDir;
using ::testing::HasSubstr;

constexpr int kRows = 200'000;  // more than a thread is started for, and than batches may wait
constexpr std::string_view kHeader = "id,kind,a,a_port,b,b_port,rate_Bps\n";

std::string row_of(int i) { return fmt::format("link-{0},cable,switch/a{0},p{0},switch/b{0},q,{0}\n", i); }

std::filesystem::path links_in(const TemporaryDir& dir, int rows, std::string_view last = {}) {
  auto path = dir.path() / "links.csv";
  std::ofstream out(path);
  out << kHeader;
  for (int i = 0; i < rows; ++i) {
    out << row_of(i);
  }
  out << last;
  return path;
}

void read_ahead(const std::filesystem::path& path, int& visited) {
  for_each_row_ahead<LinkView>(path, TruncatedTail::refuse, [&](const LinkView&, unsigned) { ++visited; });
}

TEST(ReadAhead, RowsOfALargeFileComeInOrderWithTheirLines) {
  TemporaryDir dir;
  int next = 0;
  for_each_row_ahead<LinkView>(links_in(dir, kRows), TruncatedTail::refuse, [&](const LinkView& row, unsigned line) {
    ASSERT_EQ(line, static_cast<unsigned>(next) + 2);
    ASSERT_EQ(fmt::format("{},{},{},{},{},{},{}\n", row.id, row.kind, row.a, row.a_port, row.b, row.b_port,
                          row.rate_Bps.value()),
              row_of(next));
    ASSERT_EQ(row.width, "");
    ++next;
  });
  EXPECT_EQ(next, kRows);
}

TEST(ReadAhead, ASmallFileIsReadAsWell) {
  TemporaryDir dir;
  int visited = 0;
  read_ahead(links_in(dir, 3), visited);
  EXPECT_EQ(visited, 3);
}

TEST(ReadAhead, ABadRowIsToldAfterAllBeforeItWereVisited) {
  TemporaryDir dir;
  const auto path = links_in(dir, kRows, "x,cable,a,1,b,2,fast\n");
  int visited = 0;
  const auto error = message_of<Error>([&] { read_ahead(path, visited); });
  EXPECT_THAT(error, HasSubstr(fmt::format("links.csv:{}: column 'rate_Bps': 'fast' is not a number", kRows + 2)));
  EXPECT_EQ(visited, kRows);
}

TEST(ReadAhead, AVisitThatThrowsEndsTheReading) {
  TemporaryDir dir;
  const auto path = links_in(dir, kRows);
  int visited = 0;
  const auto stop = [&](const LinkView&, unsigned line) {
    ++visited;
    if (line == 5) {
      throw Error("enough");
    }
  };
  EXPECT_EQ(message_of<Error>([&] { for_each_row_ahead<LinkView>(path, TruncatedTail::refuse, stop); }), "enough");
  EXPECT_EQ(visited, 4);
}

TEST(ReadAhead, AFileThatIsNotThereIsAnError) {
  TemporaryDir dir;
  int visited = 0;
  EXPECT_THAT(message_of<Error>([&] { read_ahead(dir.path() / "links.csv", visited); }), HasSubstr("links.csv"));
}

}  // namespace
}  // namespace plumb::core
