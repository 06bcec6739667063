// NCCL (libnccl.so.2), looked for when the program runs. Needs CUDA's driver to be of use.
#pragma once

#include <cstddef>
#include <string>

#include "core/cuda_library.h"
#include "core/optional_library.h"

// The vendor's names, so that a test can hold our declarations against nccl.h.
struct ncclComm;
struct ncclWindow_vidmem;

namespace plumb::bench {

using NcclComm = ncclComm*;
using NcclWindow = ncclWindow_vidmem*;

/// ncclUniqueId: how ranks find each other.
struct NcclId {
  char bytes[128];
};

/// The head of ncclConfig_t as of NCCL 2.14. A library reads no more than `size`, and knows by `version` what is there.
struct NcclConfig {
  std::size_t size;
  unsigned magic;
  unsigned version;
  int blocking;
};
inline constexpr unsigned kNcclConfigMagic = 0xcafebeef, kNcclConfigVersion = 21400;

/// ncclResult_t, ncclDataType_t and ncclRedOp_t are passed as int.
inline constexpr int kNcclSuccess = 0, kNcclInProgress = 7;
inline constexpr int kNcclUint8 = 1;
inline constexpr int kNcclScalarOnHost = 1;     // of ncclScalarResidence_t
inline constexpr int kNcclSymmetricWindow = 1;  // NCCL_WIN_COLL_SYMMETRIC

struct NcclFunctions {
  int (*version)(int*) = nullptr;
  int (*make_id)(NcclId*) = nullptr;
  int (*init)(NcclComm*, int, NcclId, int, NcclConfig*) = nullptr;
  int (*finalize)(NcclComm) = nullptr;
  int (*destroy)(NcclComm) = nullptr;
  int (*abort)(NcclComm) = nullptr;
  int (*async_error)(NcclComm, int*) = nullptr;
  const char* (*error_string)(int) = nullptr;
  const char* (*last_error)(NcclComm) = nullptr;
  int (*all_reduce)(const void*, void*, std::size_t, int, int, NcclComm, core::CudaStream) = nullptr;
  int (*reduce)(const void*, void*, std::size_t, int, int, int, NcclComm, core::CudaStream) = nullptr;
  int (*broadcast)(const void*, void*, std::size_t, int, int, NcclComm, core::CudaStream) = nullptr;
  int (*all_gather)(const void*, void*, std::size_t, int, NcclComm, core::CudaStream) = nullptr;
  int (*reduce_scatter)(const void*, void*, std::size_t, int, int, NcclComm, core::CudaStream) = nullptr;
  int (*send)(const void*, std::size_t, int, int, NcclComm, core::CudaStream) = nullptr;
  int (*receive)(void*, std::size_t, int, int, NcclComm, core::CudaStream) = nullptr;
  int (*group_start)() = nullptr;
  int (*group_end)() = nullptr;
  // Null in libraries that are too old for them.
  int (*all_to_all)(const void*, void*, std::size_t, int, NcclComm, core::CudaStream) = nullptr;  // 2.28
  int (*make_mulsum)(int*, void*, int, int, NcclComm) = nullptr;                                  // 2.11
  int (*destroy_op)(int, NcclComm) = nullptr;
  int (*allocate)(void**, std::size_t) = nullptr;  // 2.19
  int (*free)(void*) = nullptr;
  int (*register_buffer)(NcclComm, void*, std::size_t, void**) = nullptr;
  int (*deregister_buffer)(NcclComm, void*) = nullptr;
  int (*register_window)(NcclComm, void*, std::size_t, NcclWindow*, int) = nullptr;  // 2.27
  int (*deregister_window)(NcclComm, NcclWindow) = nullptr;
};

class NcclLibrary {
 public:
  explicit NcclLibrary(const std::string& file = "libnccl.so.2");

  [[nodiscard]] const std::string& why_absent() const { return why_absent_; }
  /// "2.28.9"; empty when absent.
  [[nodiscard]] const std::string& version() const { return version_; }
  /// 22809 of that; 0 when absent.
  [[nodiscard]] int version_code() const { return version_code_; }

  /// The functions. Only when present.
  const NcclFunctions* operator->() const { return &functions_; }

 private:
  core::OptionalLibrary library_;
  NcclFunctions functions_;
  std::string why_absent_, version_;
  int version_code_ = 0;
};

}  // namespace plumb::bench
