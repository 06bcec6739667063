#include "bench/nccl_library.h"

#include <fmt/format.h>

namespace plumb::bench {
namespace {

void load_communicators(core::OptionalLibrary& library, NcclFunctions& f) {
  library.require(f.version, "ncclGetVersion");
  library.require(f.make_id, "ncclGetUniqueId");
  library.require(f.init, "ncclCommInitRankConfig");
  library.require(f.finalize, "ncclCommFinalize");
  library.require(f.destroy, "ncclCommDestroy");
  library.require(f.abort, "ncclCommAbort");
  library.require(f.async_error, "ncclCommGetAsyncError");
  library.require(f.error_string, "ncclGetErrorString");
  library.want(f.last_error, "ncclGetLastError");
  library.want(f.allocate, "ncclMemAlloc");
  library.want(f.free, "ncclMemFree");
  library.want(f.register_buffer, "ncclCommRegister");
  library.want(f.deregister_buffer, "ncclCommDeregister");
  library.want(f.register_window, "ncclCommWindowRegister");
  library.want(f.deregister_window, "ncclCommWindowDeregister");
}

void load_operations(core::OptionalLibrary& library, NcclFunctions& f) {
  library.require(f.all_reduce, "ncclAllReduce");
  library.require(f.reduce, "ncclReduce");
  library.require(f.broadcast, "ncclBroadcast");
  library.require(f.all_gather, "ncclAllGather");
  library.require(f.reduce_scatter, "ncclReduceScatter");
  library.require(f.send, "ncclSend");
  library.require(f.receive, "ncclRecv");
  library.require(f.group_start, "ncclGroupStart");
  library.require(f.group_end, "ncclGroupEnd");
  library.want(f.all_to_all, "ncclAlltoAll");
  library.want(f.make_mulsum, "ncclRedOpCreatePreMulSum");
  library.want(f.destroy_op, "ncclRedOpDestroy");
}

/// 22809 and, before 2.9, 2708.
std::string version_text(int code) {
  const int major = code < 10000 ? code / 1000 : code / 10000;
  const int minor = code < 10000 ? code % 1000 / 100 : code % 10000 / 100;
  return fmt::format("{}.{}.{}", major, minor, code % 100);
}

}  // namespace

NcclLibrary::NcclLibrary(const std::string& file) : library_(file) {
  load_communicators(library_, functions_);
  load_operations(library_, functions_);
  why_absent_ = library_.why_absent();
  if (why_absent_.empty() && functions_.version(&version_code_) == kNcclSuccess) {
    version_ = version_text(version_code_);
  }
}

}  // namespace plumb::bench
