#include "core/check_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace plumb::core {
namespace {

TEST(CheckText, SaysWhatIsThereWhatShouldBeAndWhatToDo) {
  const std::vector<CheckRow> rows{
      {"", "", "cable", "pass", "38 of 40 planned cables are where they belong", "", ""},
      {"", "switch/leaf1", "firmware", "warn", "1.2; x", "1.3, as 7 of its model", "bring it to it"},
      {"n1", "nic/n1/a:1--switch/s:2", "cable_swapped", "fail", "n1 a to s port 2; n2 a to s port 1",
       "n1 a to s port 1; n2 a to s port 2", "swap them back"},
  };
  EXPECT_EQ(check_text(rows),
            "FAIL  cable_swapped\n"
            "      found     n1 a to s port 2\n"
            "                n2 a to s port 1\n"
            "      expected  n1 a to s port 1\n"
            "                n2 a to s port 2\n"
            "      do        swap them back\n"
            "WARN  firmware  switch/leaf1\n"
            "      found     1.2; x\n"
            "      expected  1.3, as 7 of its model\n"
            "      do        bring it to it\n"
            "ok    cable: 38 of 40 planned cables are where they belong\n"
            "1 wrong, 1 to look at, 0 not seen\n");
}

TEST(CheckText, NothingForNothing) { EXPECT_EQ(check_text({}), ""); }

TEST(CheckText, NamesFromTheFabricDoNotReachTheTerminalRaw) {
  const std::vector<CheckRow> rows{{"", "switch/\x1b[31m", "cable_missing", "fail", "\x1b; \n; ", "; ;", "\a"}};
  const auto text = check_text(rows);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\x1b")));
  EXPECT_THAT(text, testing::HasSubstr("\\x1b"));
}

TEST(CheckText, ManyRowsAreCounted) {
  const std::vector<CheckRow> rows(60, CheckRow{"", "switch/a", "errors", "fail", "1", "0", ""});
  EXPECT_THAT(check_text(rows), testing::HasSubstr("      and 10 more\n60 wrong"));
}

}  // namespace
}  // namespace plumb::core
