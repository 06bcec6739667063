// What NCCL tells its profiler of a collective, called as NCCL 2.28 calls it.
#include "bench/nccl_profiler.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace plumb::bench {
namespace {

// As plugin/profiler/profiler_v5.h of NCCL 2.28 has it, which is not among the headers that are installed.
using Collective = decltype(NcclProfilerEvent::collective);
static_assert(offsetof(NcclProfilerEvent, parent) == 8 && offsetof(NcclProfilerEvent, rank) == 16 &&
              offsetof(NcclProfilerEvent, collective) == 24);
static_assert(offsetof(Collective, function) == 8 && offsetof(Collective, send) == 16 &&
              offsetof(Collective, receive) == 24 && offsetof(Collective, count) == 32 &&
              offsetof(Collective, root) == 40 && offsetof(Collective, datatype) == 48 &&
              offsetof(Collective, channels) == 56 && offsetof(Collective, warps) == 57 &&
              offsetof(Collective, algorithm) == 64 && offsetof(Collective, protocol) == 72 &&
              offsetof(Collective, group) == 80);
static_assert(offsetof(NcclProfilerTable, init) == 8 && offsetof(NcclProfilerTable, start_event) == 16 &&
              offsetof(NcclProfilerTable, stop_event) == 24 && offsetof(NcclProfilerTable, record_state) == 32 &&
              offsetof(NcclProfilerTable, finalize) == 40);

class FromNccl : public testing::Test {
 protected:
  FromNccl() { ncclProfiler_v5.init(&context_, 1, &activation_, "", 1, 2, 0, nullptr); }
  ~FromNccl() override { ncclProfiler_v5.finalize(context_); }

  void tell(const NcclProfilerEvent& event) {
    void* handle = this;
    EXPECT_EQ(ncclProfiler_v5.start_event(context_, &handle, &event), 0);
    EXPECT_EQ(handle, nullptr) << "nothing more is to be told of it";
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
    const NcclListening listening;
    EXPECT_EQ(activation_, kNcclProfileCollective);
  }
  EXPECT_EQ(activation_, 0);
}

TEST_F(FromNccl, TheMethodOfTheLastCollective) {
  const NcclListening listening;
  EXPECT_EQ(NcclListening::heard(), Method{});
  tell(all_reduce("RING"));
  tell(all_reduce("NVLS_TREE"));
  EXPECT_EQ(NcclListening::heard(), (Method{"nvls_tree", "SIMPLE", 16}));
  tell({.type = 1 << 2});  // point to point: another layout
  EXPECT_EQ(NcclListening::heard().algorithm, "nvls_tree");
}

TEST_F(FromNccl, ALibraryThatIsGoneIsNotWrittenTo) {
  ncclProfiler_v5.finalize(context_);
  const NcclListening listening;
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
