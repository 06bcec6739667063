#include "core/units.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/guarded_main.h"
#include "core/text.h"

namespace plumb::core {
namespace {

TEST(Units, SharesArePercentagesBetweenNothingAndAll) {
  EXPECT_DOUBLE_EQ(parse_share("2%", "--until"), 0.02);
  EXPECT_DOUBLE_EQ(parse_share("0.5", "--until"), 0.005);
  for (const auto* text : {"", "0", "100%", "-1", "2 %", "5%x", "nan"}) {
    EXPECT_THROW((void)parse_share(text, "--until"), UsageError) << text;
  }
}

TEST(Units, SizesAreBinaryAsInNcclTests) {
  EXPECT_EQ(parse_bytes("8"), 8);
  EXPECT_EQ(parse_bytes("64M"), 64 << 20);
  EXPECT_EQ(parse_bytes("1.5K"), 1536);
  EXPECT_EQ(parse_bytes("2GiB"), 2LL << 30);
  for (const char* bad : {"", "M", "12X", "-1", "1e30", "nan", "8 M"}) {
    EXPECT_THROW((void)parse_bytes(bad), UsageError) << bad;
  }
}

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration_ns("30"), 30'000'000'000);
  EXPECT_EQ(parse_duration_ns("500ms"), 500'000'000);
  EXPECT_THROW((void)parse_duration_ns("soon"), UsageError);
}

TEST(Units, Formats) {
  EXPECT_EQ(format_bytes(8), "8 B");
  EXPECT_EQ(format_bytes(64 << 20), "64 MiB");
  EXPECT_EQ(format_ns(12'340), "12.3 us");
  EXPECT_EQ(format_rate(48.3e9), "48.3 GB/s");
  EXPECT_EQ(format_line_rate(50e9), "400 Gb/s");
  EXPECT_EQ(format_line_rate(200e9), "1.6 Tb/s");
  EXPECT_EQ(format_line_rate(124.99e9), "1 Tb/s");
  EXPECT_EQ(format_percent(0.18), "18 %");
}

TEST(Text, ControlCharactersAreVisible) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(file_name_part("../e tc"), "_.._e_tc");
}

TEST(Text, OnlyValidUtf8PassesThrough) {
  EXPECT_EQ(printable("café € 😀 \xf4\x8f\xbf\xbd"), "café € 😀 \xf4\x8f\xbf\xbd");
  EXPECT_EQ(printable("caf\xe9 ok"), "caf\\xe9 ok");                            // Latin-1
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");                               // cut
  EXPECT_EQ(printable("\xe2\x82z"), "\\xe2\\x82z");                             // cut, then goes on
  EXPECT_EQ(printable("\xc0\xaf \xe0\x80\xaf"), "\\xc0\\xaf \\xe0\\x80\\xaf");  // longer than need be
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");                      // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80\xff"), "\\xf4\\x90\\x80\\x80\\xff");    // beyond Unicode
  EXPECT_EQ(printable("\xef\xbf\xbf"), "\\xef\\xbf\\xbf");                      // U+FFFF, not valid in XML
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b"
            "31m");  // CSI, as a C1 control character
}

TEST(GuardedMain, TurnsErrorsIntoExitCodes) {
  EXPECT_EQ(guarded_main("x", [] { return ExitCode::findings; }), 1);
  EXPECT_EQ(guarded_main("x", []() -> ExitCode { throw UsageError("u"); }), 2);
  EXPECT_EQ(guarded_main("x", []() -> ExitCode { throw Error("e"); }), 4);
  EXPECT_EQ(guarded_main("x", []() -> ExitCode { throw std::runtime_error("r"); }), 4);
}

}  // namespace
}  // namespace plumb::core
