// NVIDIA's driver interface (libcuda.so.1), looked for when the program runs: no program links CUDA.
#pragma once

#include <cstddef>
#include <string>

#include "core/optional_library.h"

// The vendor's own names for what its pointers point to, so that a test can hold our declarations against cuda.h.
struct CUctx_st;
struct CUstream_st;
struct CUevent_st;
struct CUmod_st;
struct CUfunc_st;
struct CUgraph_st;
struct CUgraphExec_st;

namespace plumb::core {

using CudaContext = CUctx_st*;
using CudaStream = CUstream_st*;
using CudaEvent = CUevent_st*;
using CudaModule = CUmod_st*;
using CudaFunction = CUfunc_st*;
using CudaGraph = CUgraph_st*;
using CudaGraphExec = CUgraphExec_st*;
using CudaAddress = unsigned long long;

/// CUresult; the enumerations are passed as int.
inline constexpr int kCudaSuccess = 0, kCudaPeerAccessAlreadyEnabled = 704, kCudaNotReady = 600;
inline constexpr int kCudaMultiprocessors = 16, kCudaCapabilityMajor = 75, kCudaCapabilityMinor = 76;  // attributes
inline constexpr unsigned kCudaStreamNonBlocking = 1;
inline constexpr int kCudaCaptureThreadLocal = 1;

struct CudaFunctions {
  int (*init)(unsigned) = nullptr;
  int (*driver_version)(int*) = nullptr;
  int (*error_string)(int, const char**) = nullptr;
  int (*device_count)(int*) = nullptr;
  int (*device)(int*, int) = nullptr;
  int (*device_name)(char*, int, int) = nullptr;
  int (*device_pci)(char*, int, int) = nullptr;
  int (*device_attribute)(int*, int, int) = nullptr;
  int (*device_memory)(std::size_t*, int) = nullptr;
  int (*retain_context)(CudaContext*, int) = nullptr;
  int (*release_context)(int) = nullptr;
  int (*set_context)(CudaContext) = nullptr;
  int (*allocate)(CudaAddress*, std::size_t) = nullptr;
  int (*free)(CudaAddress) = nullptr;
  int (*allocate_pinned)(void**, std::size_t, unsigned) = nullptr;
  int (*free_pinned)(void*) = nullptr;
  int (*copy_in)(CudaAddress, const void*, std::size_t, CudaStream) = nullptr;
  int (*copy_out)(void*, CudaAddress, std::size_t, CudaStream) = nullptr;
  int (*copy_within)(CudaAddress, CudaAddress, std::size_t, CudaStream) = nullptr;
  int (*copy_to_peer)(CudaAddress, CudaContext, CudaAddress, CudaContext, std::size_t, CudaStream) = nullptr;
  int (*set_bytes)(CudaAddress, unsigned char, std::size_t, CudaStream) = nullptr;
  int (*create_stream)(CudaStream*, unsigned) = nullptr;
  int (*destroy_stream)(CudaStream) = nullptr;
  int (*wait_stream)(CudaStream) = nullptr;
  int (*query_stream)(CudaStream) = nullptr;
  int (*create_event)(CudaEvent*, unsigned) = nullptr;
  int (*destroy_event)(CudaEvent) = nullptr;
  int (*record_event)(CudaEvent, CudaStream) = nullptr;
  int (*wait_event)(CudaEvent) = nullptr;
  int (*elapsed_ms)(float*, CudaEvent, CudaEvent) = nullptr;
  int (*load_module)(CudaModule*, const void*) = nullptr;
  int (*unload_module)(CudaModule) = nullptr;
  int (*module_function)(CudaFunction*, CudaModule, const char*) = nullptr;
  int (*launch)(CudaFunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CudaStream, void**,
                void**) = nullptr;
  int (*can_reach_peer)(int*, int, int) = nullptr;
  int (*enable_peer)(CudaContext, unsigned) = nullptr;
  int (*begin_capture)(CudaStream, int) = nullptr;
  int (*end_capture)(CudaStream, CudaGraph*) = nullptr;
  int (*instantiate)(CudaGraphExec*, CudaGraph, unsigned long long) = nullptr;
  int (*launch_graph)(CudaGraphExec, CudaStream) = nullptr;
  int (*destroy_graph_exec)(CudaGraphExec) = nullptr;
  int (*destroy_graph)(CudaGraph) = nullptr;
};

/// Loaded and initialised, or absent with the reason.
class CudaLibrary {
 public:
  explicit CudaLibrary(const std::string& file = "libcuda.so.1");

  /// "libcuda.so.1 not found", "no CUDA-capable device is detected", …; empty when there is a GPU to use.
  [[nodiscard]] const std::string& why_absent() const { return why_absent_; }
  /// "13.0", of the driver; empty when absent.
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] int device_count() const { return device_count_; }

  /// The functions. Only when present.
  const CudaFunctions* operator->() const { return &functions_; }
  /// Throws Error in the library's words when `code` is a failure of `call`.
  void require(int code, const char* call) const;

 private:
  [[nodiscard]] std::string words_for(int code) const;

  OptionalLibrary library_;
  CudaFunctions functions_;
  std::string why_absent_, version_;
  int device_count_ = 0;
};

}  // namespace plumb::core
