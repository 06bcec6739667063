// docs/run-directory.md names every table and column of core/rows.h.
#include <gtest/gtest.h>

#include "core/json_file.h"
#include "core/rows.h"

namespace plumb::core {
namespace {

template <class Row>
class RunDirectoryDoc : public testing::Test {};
using Rows = testing::Types<NodeRow, LinkRow, RouteRow, RankRow, CaseRow, SampleRow, RankTimeRow, ChannelTimeRow,
                            PairRow, GpuRow, PortRow, CheckRow, RetestRow>;
TYPED_TEST_SUITE(RunDirectoryDoc, Rows);

bool has_word(const std::string& text, std::string_view word) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (!is_letter(text[at - 1]) && !is_letter(text[at + word.size()])) {
      return true;
    }
  }
  return false;
}

TYPED_TEST(RunDirectoryDoc, NamesEveryColumn) {
  const auto doc = read_file(PLUMB_SOURCE_DIR "/docs/run-directory.md");
  EXPECT_TRUE(has_word(doc, TypeParam::kTable));
  const auto check = [&](const auto& column) { EXPECT_TRUE(has_word(doc, column.name)) << column.name; };
  std::apply([&](const auto&... column) { (check(column), ...); }, TypeParam::columns());
}

}  // namespace
}  // namespace plumb::core
