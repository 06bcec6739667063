#include <gmock/gmock.h>

#include "bench/verbs_gid.h"
#include "bench/verbs_queue_pairs.h"
#include "bench/verbs_words.h"
#include "bench/verbs_work_id.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ibv_gid_entry gid(std::uint32_t index, std::uint32_t type, std::initializer_list<int> bytes) {
  ibv_gid_entry entry{};
  entry.gid_index = index;
  entry.gid_type = type;
  std::ranges::copy(bytes, entry.gid.raw);
  return entry;
}

const auto kLinkLocalV1 = gid(0, IBV_GID_TYPE_ROCE_V1, {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2});
const auto kLinkLocal = gid(1, IBV_GID_TYPE_ROCE_V2, {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2});
const auto kIpv4V1 = gid(2, IBV_GID_TYPE_ROCE_V1, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3});
const auto kIpv4 = gid(3, IBV_GID_TYPE_ROCE_V2, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3});
const auto kIpv6 = gid(4, IBV_GID_TYPE_ROCE_V2, {0x20, 1, 0xd, 0xb8});

std::uint32_t preferred(const std::vector<ibv_gid_entry>& gids) { return preferred_gid(gids)->gid_index; }

TEST(VerbsWords, ATimeToResendIsRoundedUpToWhatNicsKnow) {
  EXPECT_EQ(timeout_code(1e9), 18);
  EXPECT_DOUBLE_EQ(timeout_ns(18), 1'073'741'824);
  EXPECT_EQ(timeout_code(67e6), 14);
  EXPECT_EQ(timeout_code(68e6), 15);
  EXPECT_EQ(timeout_code(1), 1) << "0 would mean for ever";
  EXPECT_EQ(timeout_code(1e30), 31);
}

TEST(VerbsGid, RoceV2ThenReach) {
  EXPECT_EQ(preferred({kLinkLocalV1, kLinkLocal, kIpv4V1, kIpv4, kIpv6}), 3U);
  EXPECT_EQ(preferred({kLinkLocalV1, kLinkLocal, kIpv4V1, kIpv6}), 4U);
  EXPECT_EQ(preferred({kLinkLocalV1, kLinkLocal, kIpv4V1}), 1U);
  EXPECT_EQ(preferred({kLinkLocalV1, kIpv4V1}), 2U);
  EXPECT_EQ(preferred_gid({}), nullptr);
}

TEST(VerbsWords, Addresses) {
  EXPECT_EQ(gid_words(kIpv4.gid), "10.1.2.3");
  EXPECT_EQ(gid_words(kLinkLocal.gid), "fe80:0000:0000:0000:0200:0000:0000:0000");
  EXPECT_EQ(gid_type_words(IBV_GID_TYPE_ROCE_V2), "RoCE v2");
}

TEST(VerbsWords, EveryErrorIsTold) {
  EXPECT_THAT(completion_words(IBV_WC_RETRY_EXC_ERR), StartsWith("retry exceeded"));
  EXPECT_THAT(completion_words(IBV_WC_REM_ACCESS_ERR), HasSubstr("memory key"));
  for (int status = IBV_WC_LOC_LEN_ERR; status <= IBV_WC_GENERAL_ERR; ++status) {
    EXPECT_FALSE(completion_words(static_cast<ibv_wc_status>(status)).empty());
  }
}

TEST(VerbsWords, MtuIsRoundedDown) {
  EXPECT_EQ(mtu_code(4096), IBV_MTU_4096);
  EXPECT_EQ(mtu_code(1500), IBV_MTU_1024);
  EXPECT_EQ(mtu_bytes(IBV_MTU_1024), 1024);
  EXPECT_THROW((void)mtu_code(255), core::UsageError);
}

TEST(VerbsWorkId, ComesBackAsItWentOut) {
  const auto id = WorkId::of(WorkId{WorkId::Kind::data_receive, 31, 0xabc, 1'000'000, WorkId::kNumberMask}.packed());
  EXPECT_EQ(id.kind, WorkId::Kind::data_receive);
  EXPECT_EQ(id.lane, 31U);
  EXPECT_EQ(id.connection, 0xabcU);
  EXPECT_EQ(id.peer, 1'000'000U);
  EXPECT_EQ(id.number, WorkId::kNumberMask);
}

TEST(VerbsWorkId, NumbersGoOnBeyondTheirLowBits) {
  const std::uint64_t first = 3ULL << 24U;
  EXPECT_EQ((WorkId{.number = 5}).number_from(first), first + 5);
  EXPECT_EQ((WorkId{.number = 2}).number_from(first - 1), first + 2);
}

}  // namespace
}  // namespace plumb::bench
