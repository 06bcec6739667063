// What is made of NCCL's answers, on a made-up table of its functions.
#include "bench/nccl_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/bench/made_up_nccl.h"

namespace plumb::bench {
namespace {

using test::MadeUpNccl;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int kSystemError = 2, kInvalidArgument = 4;

class NcclCallsTest : public testing::Test {
 protected:
  NcclCallsTest() { MadeUpNccl::reset(); }

  static std::string thrown_by(const std::function<void()>& body) {
    try {
      body();
    } catch (const core::Error& error) {
      return error.what();
    }
    return "";
  }

  NcclFunctions functions_ = MadeUpNccl::functions();
  NcclComm comm_ = reinterpret_cast<NcclComm>(0x5581c0);
  NcclCalls calls_{functions_, comm_, 3, 8};
};

TEST_F(NcclCallsTest, TheFirstErrorOfAGroupIsReportedInItsOwnWords) {
  MadeUpNccl::group_end_code = 5;  // larger than what came first
  MadeUpNccl::words_of_end = "what failed afterwards";
  const auto error = thrown_by([&] {
    calls_.group([&] {
      calls_.enqueued(kNcclSuccess, "ncclSend", 1);
      MadeUpNccl::last_words = "no such device";
      calls_.enqueued(kSystemError, "ncclSend", 5);
      MadeUpNccl::last_words = "count is negative";
      calls_.enqueued(kInvalidArgument, "ncclRecv", 6);
    });
  });
  EXPECT_THAT(error, AllOf(StartsWith("ncclSend with rank 5: unhandled system error: no such device "),
                           HasSubstr("(rank 3 of 8, communicator 0x5581c0"), Not(HasSubstr("count is negative")),
                           Not(HasSubstr("afterwards"))));
  EXPECT_THAT(MadeUpNccl::log, ElementsAre("start", "end"));  // no group is left open
  EXPECT_TRUE(calls_.is_broken());
}

TEST_F(NcclCallsTest, AGroupThatFailsAtItsEndIsReported) {
  MadeUpNccl::group_end_code = kSystemError;
  MadeUpNccl::words_of_end = "socketProgress: Connection closed by remote peer n2<40123>";
  const auto error = thrown_by([&] { calls_.group([&] { calls_.enqueued(kNcclSuccess, "ncclAllReduce"); }); });
  EXPECT_THAT(error, StartsWith("ncclGroupEnd: unhandled system error: socketProgress: Connection closed"));
}

TEST_F(NcclCallsTest, AGroupThatIsTakenInLaterIsWaitedFor) {
  MadeUpNccl::group_end_code = kNcclInProgress;
  MadeUpNccl::states = {kNcclInProgress, kNcclInProgress, kNcclSuccess};
  calls_.group([&] { calls_.enqueued(kNcclInProgress, "ncclAllReduce"); });
  EXPECT_EQ(MadeUpNccl::states.size(), 1);
  EXPECT_FALSE(calls_.is_broken());
}

TEST_F(NcclCallsTest, AnErrorWhileItIsTakenInIsReported) {
  MadeUpNccl::states = {kNcclInProgress, kSystemError};
  MadeUpNccl::last_words = "remote process exited";
  EXPECT_THAT(thrown_by([&] { calls_.accept(kNcclInProgress, "ncclCommInitRankConfig"); }),
              StartsWith("ncclCommInitRankConfig: unhandled system error: remote process exited"));
}

TEST_F(NcclCallsTest, NoAnswerWithinTheLimitIsAnError) {
  MadeUpNccl::states = {kNcclInProgress};
  const NcclCalls impatient(functions_, comm_, 3, 8, std::chrono::milliseconds(20));
  EXPECT_THAT(thrown_by([&] { impatient.accept(kNcclInProgress, "ncclGroupEnd"); }),
              AllOf(StartsWith("ncclGroupEnd: no answer for 0 s"), HasSubstr("rank 3 of 8")));
  EXPECT_TRUE(impatient.is_broken());
}

TEST_F(NcclCallsTest, ErrorsInTheBackgroundAreSeen) {
  calls_.look();
  MadeUpNccl::states = {kNcclInProgress};
  calls_.look();
  EXPECT_FALSE(calls_.is_broken());
  MadeUpNccl::states = {kSystemError};
  MadeUpNccl::last_words = "NET/IB: Got completion from peer n4 with status 12";
  EXPECT_THAT(
      thrown_by([&] { calls_.look(); }),
      HasSubstr("background (ncclCommGetAsyncError): unhandled system error: NET/IB: Got completion from peer n4"));
  EXPECT_THAT(MadeUpNccl::log, ElementsAre("abort")) << "kernels that spin would keep memory from being freed";
  EXPECT_THAT(thrown_by([&] { calls_.look(); }), HasSubstr("given up"));
  calls_.abort();
  EXPECT_THAT(MadeUpNccl::log, ElementsAre("abort")) << "once";
}

TEST_F(NcclCallsTest, ACallThatIsRefusedAtOnceLeavesTheCommunicatorAlone) {
  EXPECT_THAT(thrown_by([&] { calls_.accept(kSystemError, "ncclMemAlloc"); }), StartsWith("ncclMemAlloc: unhandled"));
  EXPECT_THAT(MadeUpNccl::log, ElementsAre());
  EXPECT_FALSE(calls_.is_aborted());
}

TEST_F(NcclCallsTest, ACommunicatorThatCannotBeAskedIsAnError) {
  MadeUpNccl::state_code = kInvalidArgument;  // and its state reads success
  const NcclCalls waiting(functions_, comm_, 3, 8);
  EXPECT_THAT(thrown_by([&] { calls_.look(); }), HasSubstr("invalid argument"));
  EXPECT_THAT(thrown_by([&] { waiting.accept(kNcclInProgress, "ncclGroupEnd"); }), HasSubstr("invalid argument"));
}

TEST_F(NcclCallsTest, LibrariesWithoutLastWordsAreReportedByTheirCode) {
  functions_.last_error = nullptr;
  EXPECT_THAT(thrown_by([&] { calls_.enqueued(kInvalidArgument, "ncclReduce"); }),
              StartsWith("ncclReduce: invalid argument (rank 3 of 8"));
}

}  // namespace
}  // namespace plumb::bench
