// Our declarations of NCCL against the vendor's header, where that is installed; what is said where the library is not;
// and its version where it is.
#include <gtest/gtest.h>

#include "bench/nccl_communicator.h"
#include "bench/nccl_library.h"
#include "bench/nccl_types.h"
#include "tests/core/same_interface.h"

#if __has_include(<nccl.h>) && __has_include(<cuda_runtime.h>)
#include <nccl.h>
#define PLUMB_HAS_NCCL_HEADER 1
#endif

namespace plumb::bench {
namespace {

#ifdef PLUMB_HAS_NCCL_HEADER
template <class Theirs, class Ours>
constexpr bool equals(Ours) {
  return test::SameInterface<Ours, Theirs>::value;
}
constexpr NcclFunctions kOurs;
static_assert(equals<decltype(&::ncclGetVersion)>(kOurs.version));
static_assert(equals<decltype(&::ncclGetUniqueId)>(kOurs.make_id));
static_assert(equals<decltype(&::ncclCommInitRankConfig)>(kOurs.init));
static_assert(equals<decltype(&::ncclCommFinalize)>(kOurs.finalize));
static_assert(equals<decltype(&::ncclCommDestroy)>(kOurs.destroy));
static_assert(equals<decltype(&::ncclCommAbort)>(kOurs.abort));
static_assert(equals<decltype(&::ncclCommGetAsyncError)>(kOurs.async_error));
static_assert(equals<decltype(&::ncclGetErrorString)>(kOurs.error_string));
static_assert(equals<decltype(&::ncclGetLastError)>(kOurs.last_error));
static_assert(equals<decltype(&::ncclAllReduce)>(kOurs.all_reduce));
static_assert(equals<decltype(&::ncclReduce)>(kOurs.reduce));
static_assert(equals<decltype(&::ncclBroadcast)>(kOurs.broadcast));
static_assert(equals<decltype(&::ncclAllGather)>(kOurs.all_gather));
static_assert(equals<decltype(&::ncclReduceScatter)>(kOurs.reduce_scatter));
static_assert(equals<decltype(&::ncclSend)>(kOurs.send));
static_assert(equals<decltype(&::ncclRecv)>(kOurs.receive));
static_assert(equals<decltype(&::ncclGroupStart)>(kOurs.group_start));
static_assert(equals<decltype(&::ncclGroupEnd)>(kOurs.group_end));
#if NCCL_VERSION_CODE >= 22803
static_assert(equals<decltype(&::ncclAlltoAll)>(kOurs.all_to_all));
#endif
static_assert(equals<decltype(&::ncclRedOpCreatePreMulSum)>(kOurs.make_mulsum));
static_assert(equals<decltype(&::ncclRedOpDestroy)>(kOurs.destroy_op));
static_assert(kNcclScalarOnHost == ncclScalarHostImmediate);
#if NCCL_VERSION_CODE >= 21903
static_assert(equals<decltype(&::ncclMemAlloc)>(kOurs.allocate));
static_assert(equals<decltype(&::ncclMemFree)>(kOurs.free));
static_assert(equals<decltype(&::ncclCommRegister)>(kOurs.register_buffer));
static_assert(equals<decltype(&::ncclCommDeregister)>(kOurs.deregister_buffer));
#endif
#if NCCL_VERSION_CODE >= 22703
static_assert(equals<decltype(&::ncclCommWindowRegister)>(kOurs.register_window));
static_assert(equals<decltype(&::ncclCommWindowDeregister)>(kOurs.deregister_window));
static_assert(kNcclSymmetricWindow == NCCL_WIN_COLL_SYMMETRIC);
#endif

static_assert(sizeof(NcclId) == sizeof(ncclUniqueId) && std::is_same_v<NcclComm, ncclComm_t>);
static_assert(offsetof(NcclConfig, size) == offsetof(ncclConfig_t, size));
static_assert(offsetof(NcclConfig, magic) == offsetof(ncclConfig_t, magic));
static_assert(offsetof(NcclConfig, version) == offsetof(ncclConfig_t, version));
static_assert(offsetof(NcclConfig, blocking) == offsetof(ncclConfig_t, blocking));
static_assert(sizeof(NcclConfig) <= sizeof(ncclConfig_t));
static_assert(kNcclSuccess == ncclSuccess && kNcclInProgress == ncclInProgress && kNcclUint8 == ncclUint8);

TEST(NcclDeclarations, ConfigurationHasTheVendorsMarks) {
  const ncclConfig_t theirs = NCCL_CONFIG_INITIALIZER;
  EXPECT_EQ(theirs.magic, kNcclConfigMagic);
  EXPECT_EQ(kNcclConfigVersion, static_cast<unsigned>(NCCL_VERSION(2, 14, 0)));
}

TEST(NcclDeclarations, TypesAndOperationsHaveTheVendorsNumbers) {
#if NCCL_VERSION_CODE >= 22400
  constexpr auto kE4m3 = ncclFloat8e4m3, kE5m2 = ncclFloat8e5m2;
#else
  constexpr auto kE4m3 = static_cast<ncclDataType_t>(10), kE5m2 = static_cast<ncclDataType_t>(11);
#endif
  const std::pair<ElementType, ncclDataType_t> types[] = {
      {ElementType::int8, ncclInt8},         {ElementType::uint8, ncclUint8},     {ElementType::int32, ncclInt32},
      {ElementType::uint32, ncclUint32},     {ElementType::int64, ncclInt64},     {ElementType::uint64, ncclUint64},
      {ElementType::half, ncclFloat16},      {ElementType::float32, ncclFloat32}, {ElementType::float64, ncclFloat64},
      {ElementType::bfloat16, ncclBfloat16}, {ElementType::e4m3, kE4m3},          {ElementType::e5m2, kE5m2}};
  ASSERT_EQ(std::size(types), std::size(kElementTypes));
  for (const auto& [ours, theirs] : types) {
    EXPECT_EQ(nccl_type(ours), static_cast<int>(theirs)) << name_of(ours);
  }
  const std::pair<ReduceOp, ncclRedOp_t> ops[] = {{ReduceOp::sum, ncclSum},
                                                  {ReduceOp::prod, ncclProd},
                                                  {ReduceOp::min, ncclMin},
                                                  {ReduceOp::max, ncclMax},
                                                  {ReduceOp::avg, ncclAvg}};
  ASSERT_EQ(std::size(ops) + 1, std::size(kReduceOps)) << "and mulsum, which is made";
  for (const auto& [ours, theirs] : ops) {
    EXPECT_EQ(nccl_op(ours), static_cast<int>(theirs)) << name_of(ours);
  }
}

/// The library that is installed beside this header tells its version without a GPU.
TEST(NcclDeclarations, TheLibraryTellsItsVersion) {
  const NcclLibrary nccl;
  if (!nccl.why_absent().empty()) {
    GTEST_SKIP() << nccl.why_absent();
  }
  EXPECT_EQ(nccl.version().substr(0, 2), std::to_string(NCCL_MAJOR) + ".");
}
#endif

TEST(NcclTypes, EightBitFloatingPointNeedsANewLibraryAndGpu) {
  EXPECT_EQ(why_not_in_nccl(ElementType::bfloat16, true, 21800, 80), "");
  EXPECT_EQ(why_not_in_nccl(ElementType::e4m3, false, 22304, 90), "NCCL has f8e4m3 from 2.24 on");
  EXPECT_EQ(why_not_in_nccl(ElementType::e5m2, true, 22809, 89),
            "NCCL reduces f8e5m2 on GPUs of compute capability 9.0 and later");
  EXPECT_EQ(why_not_in_nccl(ElementType::e5m2, false, 22809, 80), "");
  EXPECT_EQ(why_not_in_nccl(ElementType::e4m3, true, 22400, 90), "");
}

TEST(NcclLibrary, AbsentWithTheReason) {
  const NcclLibrary nccl("libnothing-of-the-kind.so.2");
  EXPECT_EQ(nccl.why_absent(), "libnothing-of-the-kind.so.2 not found");
  EXPECT_EQ(nccl.version(), "");
}

TEST(NcclComponent, IsThereOrSaysWhyNot) {
  const auto component = nccl_component();
  EXPECT_EQ(component.name, "nccl");
  EXPECT_NE(component.version.empty(), component.absent_because.empty());
}

}  // namespace
}  // namespace plumb::bench
