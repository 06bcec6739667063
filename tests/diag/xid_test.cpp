#include "diag/xid.h"

#include <gtest/gtest.h>

namespace plumb::diag {
namespace {

TEST(Xid, LinesOfTheKernelLog) {
  const auto xids = parse_xids(
      "[    3.1] nvidia: loading out-of-tree module taints kernel.\n"
      "[ 1234.567890] NVRM: Xid (PCI:0000:17:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n"
      "[ 1300.000001] NVRM: GPU at PCI:0000:18:00: GPU-8f3c\r\n"
      "Nov 23 18:26:00 n05 kernel: NVRM: Xid (PCI:0000:9B:00): 63, Row Remapper: New row marked for remapping\n"
      "[ 1400.0] NVRM: Xid (PCI:000a:01:00.0): 74, NVLink: fatal error detected on link 3(0x0)");
  ASSERT_EQ(xids.size(), 3U);
  EXPECT_EQ(xids[0].pci, "0000:17:00.0");
  EXPECT_EQ(xids[0].number, 79);
  EXPECT_EQ(xids[0].text, "pid='<unknown>', name=<unknown>, GPU has fallen off the bus.");
  EXPECT_EQ(xids[1].pci, "0000:9b:00.0");
  EXPECT_EQ(xids[1].number, 63);
  EXPECT_EQ(xids[2].pci, "000a:01:00.0");
  EXPECT_EQ(xids[2].number, 74);
}

TEST(Xid, BrokenLinesAreNone) {
  for (const auto* line : {"", "NVRM: Xid (PCI:", "NVRM: Xid (PCI:0000:17:00)", "NVRM: Xid (PCI:0000:17:00): many",
                           "NVRM: Xid (PCI:0000:17:00): -1", "NVRM: Xid (PCI:no end of this, and 99): 79",
                           "NVRM: Xid (PCI:0000:17:00): 99999999999999999999"}) {
    EXPECT_FALSE(parse_xid(line)) << line;
  }
}

TEST(Xid, EachKnownNumberHasItsOwnAdvice) {
  EXPECT_EQ(meaning_of_xid(79).what, "the GPU has fallen off the bus");
  EXPECT_NE(meaning_of_xid(64).advice, meaning_of_xid(63).advice);
  EXPECT_EQ(meaning_of_xid(4711).advice, "look it up in NVIDIA's XID catalogue");
}

}  // namespace
}  // namespace plumb::diag
