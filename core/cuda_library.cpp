#include "core/cuda_library.h"

#include <fmt/format.h>

#include "core/error.h"

namespace plumb::core {
namespace {

void load_devices(OptionalLibrary& library, CudaFunctions& f) {
  library.require(f.init, "cuInit");
  library.require(f.driver_version, "cuDriverGetVersion");
  library.require(f.error_string, "cuGetErrorString");
  library.require(f.device_count, "cuDeviceGetCount");
  library.require(f.device, "cuDeviceGet");
  library.require(f.device_name, "cuDeviceGetName");
  library.require(f.device_pci, "cuDeviceGetPCIBusId");
  library.require(f.device_attribute, "cuDeviceGetAttribute");
  library.require(f.device_memory, "cuDeviceTotalMem_v2");
  library.require(f.retain_context, "cuDevicePrimaryCtxRetain");
  library.require(f.release_context, "cuDevicePrimaryCtxRelease_v2");
  library.require(f.set_context, "cuCtxSetCurrent");
  library.require(f.can_reach_peer, "cuDeviceCanAccessPeer");
  library.require(f.enable_peer, "cuCtxEnablePeerAccess");
}

void load_memory(OptionalLibrary& library, CudaFunctions& f) {
  library.require(f.allocate, "cuMemAlloc_v2");
  library.require(f.free, "cuMemFree_v2");
  library.require(f.allocate_pinned, "cuMemHostAlloc");
  library.require(f.free_pinned, "cuMemFreeHost");
  library.require(f.copy_in, "cuMemcpyHtoDAsync_v2");
  library.require(f.copy_out, "cuMemcpyDtoHAsync_v2");
  library.require(f.copy_within, "cuMemcpyDtoDAsync_v2");
  library.require(f.copy_to_peer, "cuMemcpyPeerAsync");
  library.require(f.set_bytes, "cuMemsetD8Async");
}

void load_work(OptionalLibrary& library, CudaFunctions& f) {
  library.require(f.create_stream, "cuStreamCreate");
  library.require(f.destroy_stream, "cuStreamDestroy_v2");
  library.require(f.wait_stream, "cuStreamSynchronize");
  library.require(f.query_stream, "cuStreamQuery");
  library.require(f.create_event, "cuEventCreate");
  library.require(f.destroy_event, "cuEventDestroy_v2");
  library.require(f.record_event, "cuEventRecord");
  library.require(f.wait_event, "cuEventSynchronize");
  library.require(f.elapsed_ms, "cuEventElapsedTime");
  library.require(f.load_module, "cuModuleLoadData");
  library.require(f.unload_module, "cuModuleUnload");
  library.require(f.module_function, "cuModuleGetFunction");
  library.require(f.launch, "cuLaunchKernel");
  library.require(f.begin_capture, "cuStreamBeginCapture_v2");
  library.require(f.end_capture, "cuStreamEndCapture");
  library.require(f.instantiate, "cuGraphInstantiateWithFlags");
  library.require(f.launch_graph, "cuGraphLaunch");
  library.require(f.destroy_graph_exec, "cuGraphExecDestroy");
  library.require(f.destroy_graph, "cuGraphDestroy");
}

}  // namespace

CudaLibrary::CudaLibrary(const std::string& file) : library_(file) {
  load_devices(library_, functions_);
  load_memory(library_, functions_);
  load_work(library_, functions_);
  why_absent_ = library_.why_absent();
  if (!why_absent_.empty()) {
    return;
  }
  if (const int code = functions_.init(0); code != kCudaSuccess) {
    why_absent_ = "cuInit: " + words_for(code);
    return;
  }
  int version = 0;
  functions_.driver_version(&version);
  version_ = fmt::format("{}.{}", version / 1000, version % 1000 / 10);
  functions_.device_count(&device_count_);
  if (device_count_ == 0) {
    why_absent_ = "the driver sees no GPU (CUDA_VISIBLE_DEVICES may hide them)";
  }
}

std::string CudaLibrary::words_for(int code) const {
  const char* words = nullptr;
  return functions_.error_string(code, &words) == kCudaSuccess && words != nullptr
             ? words
             : fmt::format("error {} that the driver has no words for", code);
}

void CudaLibrary::require(int code, const char* call) const {
  if (code != kCudaSuccess) {
    throw Error(fmt::format("{}: {}", call, words_for(code)));
  }
}

}  // namespace plumb::core
