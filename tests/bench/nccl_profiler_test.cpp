// What NCCL tells its profiler of a collective, called as NCCL 2.28 calls it.
#include "bench/nccl_profiler.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <thread>

namespace plumb::bench {
namespace {

// As plugin/profiler/profiler_v5.h of NCCL 2.28 has it, which is not among the headers that are installed.
using Collective = NcclProfilerEvent::Collective;
static_assert(offsetof(NcclProfilerEvent, parent) == 8 && offsetof(NcclProfilerEvent, rank) == 16 &&
              offsetof(NcclProfilerEvent, collective) == 24);
static_assert(offsetof(Collective, function) == 8 && offsetof(Collective, send) == 16 &&
              offsetof(Collective, receive) == 24 && offsetof(Collective, count) == 32 &&
              offsetof(Collective, root) == 40 && offsetof(Collective, datatype) == 48 &&
              offsetof(Collective, channels) == 56 && offsetof(Collective, warps) == 57 &&
              offsetof(Collective, algorithm) == 64 && offsetof(Collective, protocol) == 72 &&
              offsetof(Collective, group) == 80);
static_assert(offsetof(NcclProfilerEvent, channel) == 24 && offsetof(NcclProfilerEvent::Channel, number) == 0 &&
              offsetof(NcclProfilerEvent::Channel, start_ns) == 8);
static_assert(offsetof(NcclProfilerTable, init) == 8 && offsetof(NcclProfilerTable, start_event) == 16 &&
              offsetof(NcclProfilerTable, stop_event) == 24 && offsetof(NcclProfilerTable, record_state) == 32 &&
              offsetof(NcclProfilerTable, finalize) == 40);

constexpr auto kQuiet = std::chrono::milliseconds(2);

class FromNccl : public testing::Test {
 protected:
  FromNccl() { ncclProfiler_v5.init(&context_, 1, &activation_, "", 1, 2, 0, nullptr); }
  ~FromNccl() override { ncclProfiler_v5.finalize(context_); }

  void tell(const NcclProfilerEvent& event) {
    void* handle = this;
    EXPECT_EQ(ncclProfiler_v5.start_event(context_, &handle, &event), 0);
    EXPECT_EQ(handle, nullptr) << "nothing more is to be told of it";
  }

  void* begin(std::uint8_t channel, std::uint64_t ns) {
    NcclProfilerEvent event{.type = kNcclProfileChannel};
    event.channel = {.number = channel, .start_ns = ns};
    void* handle = nullptr;
    EXPECT_EQ(ncclProfiler_v5.start_event(context_, &handle, &event), 0);
    EXPECT_NE(handle, nullptr);
    return handle;
  }
  static void end(void* handle, std::uint64_t ns) {
    NcclChannelStop stop{ns};
    EXPECT_EQ(ncclProfiler_v5.record_state(handle, kNcclChannelStops, &stop), 0);
    EXPECT_EQ(ncclProfiler_v5.stop_event(handle), 0);
  }

  static NcclProfilerEvent all_reduce(const char* algorithm) {
    return {.type = kNcclProfileCollective,
            .collective = {.function = "AllReduce", .channels = 16, .algorithm = algorithm, .protocol = "SIMPLE"}};
  }

  void* context_ = nullptr;
  int activation_ = -1;
};

TEST_F(FromNccl, NothingIsToldButWhileSomebodyListens) {
  EXPECT_EQ(activation_, 0);
  {
    const NcclListening listening(kNcclProfileCollective);
    EXPECT_EQ(activation_, kNcclProfileCollective);
  }
  EXPECT_EQ(activation_, 0);
}

TEST_F(FromNccl, TheMethodOfTheLastCollective) {
  const NcclListening listening(kNcclProfileCollective);
  EXPECT_EQ(NcclListening::heard(), Method{});
  tell(all_reduce("RING"));
  tell(all_reduce("NVLS_TREE"));
  EXPECT_EQ(NcclListening::heard(), (Method{"nvls_tree", "SIMPLE", 16}));
  tell({.type = 1 << 2});  // point to point: another layout
  EXPECT_EQ(NcclListening::heard().algorithm, "nvls_tree");
}

TEST_F(FromNccl, ChannelsCountFromTheFirstStart) {
  const NcclListening listening(kNcclProfileChannel);
  EXPECT_EQ(activation_, kNcclProfileChannel);
  void* const late = begin(7, 5'000'100);
  void* const early = begin(2, 5'000'000);
  end(early, 5'040'000);
  end(late, 5'090'000);
  EXPECT_EQ(NcclListening::channels(kQuiet), (std::vector<ChannelTime>{{2, 0, 40'000}, {7, 100, 90'000}}));
}

TEST_F(FromNccl, SeveralPiecesOfWorkOfAChannelAreAsOne) {
  const NcclListening listening(kNcclProfileChannel);
  void* const first = begin(0, 1'000);
  void* const second = begin(0, 3'000);
  end(second, 9'000);
  end(first, 2'500);
  EXPECT_EQ(NcclListening::channels(kQuiet), (std::vector<ChannelTime>{{0, 0, 8'000}}));
}

TEST_F(FromNccl, AChannelThatIsToldLateIsWaitedFor) {
  const NcclListening listening(kNcclProfileChannel);
  void* const channel = begin(1, 0);
  std::jthread proxy([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    end(channel, 777);
  });
  EXPECT_EQ(NcclListening::channels(kQuiet), (std::vector<ChannelTime>{{1, 0, 777}}));
}

TEST_F(FromNccl, AChannelWhoseEndIsNeverToldIsLeftOut) {
  const NcclListening listening(kNcclProfileChannel);
  begin(1, 0);
  end(begin(3, 10), 20);
  EXPECT_EQ(NcclListening::channels(kQuiet, std::chrono::milliseconds(20)), (std::vector<ChannelTime>{{3, 10, 20}}));
}

TEST_F(FromNccl, ALibraryThatTellsOfNoChannel) {
  const NcclListening listening(kNcclProfileChannel);
  EXPECT_TRUE(NcclListening::channels(kQuiet).empty());
}

TEST_F(FromNccl, ALibraryThatIsGoneIsNotWrittenTo) {
  ncclProfiler_v5.finalize(context_);
  const NcclListening listening(kNcclProfileCollective);
  EXPECT_EQ(activation_, 0);
}

/// NCCL opens the program itself, and asks it for the name.
TEST(NcclProfiler, IsFoundInTheProgram) {
  void* const program = dlopen(nullptr, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(dlsym(program, "ncclProfiler_v5"), &ncclProfiler_v5);
  dlclose(program);
}

}  // namespace
}  // namespace plumb::bench
