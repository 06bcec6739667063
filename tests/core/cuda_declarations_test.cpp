// Our declarations of CUDA's driver interface against the vendor's header, where that is installed; and what is said
// where the library is not.
#include <gtest/gtest.h>

#include "core/cuda_library.h"
#include "core/error.h"
#include "core/gpu.h"
#include "core/gpu_number.h"
#include "tests/core/same_interface.h"
#include "tests/core/temporary_dir.h"

#if __has_include(<cuda.h>)
#include <cuda.h>
#define PLUMB_HAS_CUDA_HEADER 1
#undef cuEventElapsedTime  // the newer one is the same call
#undef cuCtxSynchronize
extern "C" CUresult CUDAAPI cuEventElapsedTime(float*, CUevent, CUevent);
#endif

namespace plumb::core {
namespace {

#ifdef PLUMB_HAS_CUDA_HEADER
template <class Theirs, class Ours>
constexpr bool equals(Ours) {
  return test::SameInterface<Ours, Theirs>::value;
}
constexpr CudaFunctions kOurs;
static_assert(equals<decltype(&::cuInit)>(kOurs.init));
static_assert(equals<decltype(&::cuDriverGetVersion)>(kOurs.driver_version));
static_assert(equals<decltype(&::cuGetErrorString)>(kOurs.error_string));
static_assert(equals<decltype(&::cuDeviceGetCount)>(kOurs.device_count));
static_assert(equals<decltype(&::cuDeviceGet)>(kOurs.device));
static_assert(equals<decltype(&::cuDeviceGetName)>(kOurs.device_name));
static_assert(equals<decltype(&::cuDeviceGetPCIBusId)>(kOurs.device_pci));
static_assert(equals<decltype(&::cuDeviceGetAttribute)>(kOurs.device_attribute));
static_assert(equals<decltype(&::cuDeviceTotalMem_v2)>(kOurs.device_memory));
static_assert(equals<decltype(&::cuDevicePrimaryCtxRetain)>(kOurs.retain_context));
static_assert(equals<decltype(&::cuDevicePrimaryCtxRelease_v2)>(kOurs.release_context));
static_assert(equals<decltype(&::cuCtxSetCurrent)>(kOurs.set_context));
static_assert(equals<decltype(&::cuMemAlloc_v2)>(kOurs.allocate));
static_assert(equals<decltype(&::cuMemFree_v2)>(kOurs.free));
static_assert(equals<decltype(&::cuMemHostAlloc)>(kOurs.allocate_pinned));
static_assert(equals<decltype(&::cuMemFreeHost)>(kOurs.free_pinned));
static_assert(equals<decltype(&::cuMemcpyHtoDAsync_v2)>(kOurs.copy_in));
static_assert(equals<decltype(&::cuMemcpyDtoHAsync_v2)>(kOurs.copy_out));
static_assert(equals<decltype(&::cuMemcpyDtoDAsync_v2)>(kOurs.copy_within));
static_assert(equals<decltype(&::cuMemcpyPeerAsync)>(kOurs.copy_to_peer));
static_assert(equals<decltype(&::cuMemsetD8Async)>(kOurs.set_bytes));
static_assert(equals<decltype(&::cuStreamCreate)>(kOurs.create_stream));
static_assert(equals<decltype(&::cuStreamDestroy_v2)>(kOurs.destroy_stream));
static_assert(equals<decltype(&::cuStreamSynchronize)>(kOurs.wait_stream));
static_assert(equals<decltype(&::cuStreamQuery)>(kOurs.query_stream));
static_assert(equals<decltype(&::cuEventCreate)>(kOurs.create_event));
static_assert(equals<decltype(&::cuEventDestroy_v2)>(kOurs.destroy_event));
static_assert(equals<decltype(&::cuEventRecord)>(kOurs.record_event));
static_assert(equals<decltype(&::cuEventSynchronize)>(kOurs.wait_event));
static_assert(equals<decltype(&::cuEventElapsedTime)>(kOurs.elapsed_ms));
static_assert(equals<decltype(&::cuModuleLoadData)>(kOurs.load_module));
static_assert(equals<decltype(&::cuModuleUnload)>(kOurs.unload_module));
static_assert(equals<decltype(&::cuModuleGetFunction)>(kOurs.module_function));
static_assert(equals<decltype(&::cuLaunchKernel)>(kOurs.launch));
static_assert(equals<decltype(&::cuDeviceCanAccessPeer)>(kOurs.can_reach_peer));
static_assert(equals<decltype(&::cuCtxEnablePeerAccess)>(kOurs.enable_peer));
static_assert(equals<decltype(&::cuStreamBeginCapture_v2)>(kOurs.begin_capture));
static_assert(equals<decltype(&::cuStreamEndCapture)>(kOurs.end_capture));
static_assert(equals<decltype(&::cuGraphInstantiateWithFlags)>(kOurs.instantiate));
static_assert(equals<decltype(&::cuGraphLaunch)>(kOurs.launch_graph));
static_assert(equals<decltype(&::cuGraphExecDestroy)>(kOurs.destroy_graph_exec));
static_assert(equals<decltype(&::cuGraphDestroy)>(kOurs.destroy_graph));
static_assert(!equals<decltype(&::cuGraphDestroy)>(kOurs.set_bytes), "the comparison can fail");

static_assert(std::is_same_v<CudaContext, CUcontext> && std::is_same_v<CudaStream, CUstream>);
static_assert(std::is_same_v<CudaModule, CUmodule> && std::is_same_v<CudaFunction, CUfunction>);
static_assert(std::is_same_v<CudaEvent, CUevent> && std::is_same_v<CudaAddress, CUdeviceptr>);
static_assert(kCudaSuccess == CUDA_SUCCESS && kCudaNotReady == CUDA_ERROR_NOT_READY);
static_assert(kCudaPeerAccessAlreadyEnabled == CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED);
static_assert(kCudaMultiprocessors == CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
static_assert(kCudaCapabilityMajor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
static_assert(kCudaCapabilityMinor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
static_assert(kCudaStreamNonBlocking == CU_STREAM_NON_BLOCKING);
static_assert(kCudaCaptureThreadLocal == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
#endif

TEST(CudaLibrary, AbsentWithTheReason) {
  const CudaLibrary cuda("libnothing-of-the-kind.so.1");
  EXPECT_EQ(cuda.why_absent(), "libnothing-of-the-kind.so.1 not found");
  EXPECT_EQ(cuda.device_count(), 0);
  try {
    const Gpu gpu(cuda, 0);
    FAIL() << "made a GPU out of nothing";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no GPU: libnothing-of-the-kind.so.1 not found");
    EXPECT_EQ(error.exit_code(), ExitCode::nothing_measurable);
  }
}

TEST(CudaLibrary, AnotherLibraryUnderItsNameIsAbsentToo) {
  EXPECT_EQ(CudaLibrary("libm.so.6").why_absent(), "cuInit not found");
}

TEST(GpuNumber, CountsInTheOrderOfPciAddresses) {
  const test::TemporaryDir driver;
  for (const auto* name : {"0000:9b:00.0", "0000:18:00.0", "0001:01:00.0", "module"}) {
    std::filesystem::create_directory(driver.path() / name);
  }
  EXPECT_EQ(gpu_number("0000:9b:00.0", driver.path()), 1);
  EXPECT_EQ(gpu_number("0001:01:00.0", driver.path()), 2);
  EXPECT_EQ(gpu_number("0000:19:00.0", driver.path()), std::nullopt);
  EXPECT_EQ(gpu_number("0000:19:00.0", driver.path() / "none"), std::nullopt);
}

}  // namespace
}  // namespace plumb::core
