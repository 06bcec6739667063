#include "core/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumb::core {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Program, GivesItsOutputAndTakesWordsAsTheyAre) {
  const auto answer = run_program({"printf", "%s|", "a b", "$HOME; `id`"}, 10s);
  EXPECT_EQ(answer.out, "a b|$HOME; `id`|");
  EXPECT_EQ(answer.why_no_good, "");
}

TEST(Program, LargeOutputDoesNotBlock) {
  const auto answer = run_program({"sh", "-c", "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2"}, 30s);
  EXPECT_EQ(answer.out.size(), 3000000U);
  EXPECT_EQ(answer.why_no_good, "");
}

TEST(Program, ThatIsNotThereIsSaid) {
  const auto answer = run_program({"plumb-no-such-program"}, 10s);
  EXPECT_EQ(answer.why_no_good, "plumb-no-such-program is not installed");
  EXPECT_FALSE(answer.exit_code.has_value());
}

TEST(Program, ThatFailsIsQuotedSafely) {
  const auto answer = run_program({"sh", "-c", "printf 'one\\nno \\033socket\\n' >&2; exit 3"}, 10s);
  EXPECT_EQ(answer.why_no_good, "sh ended with exit code 3: no \\x1bsocket");
  EXPECT_EQ(answer.exit_code, 3);
}

TEST(Program, ThatHangsIsKilled) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(run_program({"sleep", "60"}, 300ms).why_no_good, HasSubstr("no answer within 0.3 s"));
  EXPECT_THAT(run_program({"sh", "-c", "exec >&- 2>&-; exec sleep 60"}, 300ms).why_no_good, HasSubstr("no answer"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

}  // namespace
}  // namespace plumb::core
