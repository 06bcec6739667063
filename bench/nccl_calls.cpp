#include "bench/nccl_calls.h"

#include <fmt/format.h>
#include <sched.h>

#include "core/error.h"

namespace plumb::bench {

NcclCalls::NcclCalls(const NcclFunctions& nccl, const NcclComm& comm, int rank, int ranks,
                     std::chrono::nanoseconds limit)
    : nccl_(nccl), comm_(comm), rank_(rank), ranks_(ranks), limit_(limit) {}

std::string NcclCalls::words_for(int code) const {
  const char* const detail = nccl_.last_error != nullptr ? nccl_.last_error(comm_) : "";
  return fmt::format("{}{}{}", nccl_.error_string(code), *detail != '\0' ? ": " : "", detail);
}

void NcclCalls::fail(int code, const char* call, int peer) const {
  require_not_aborted();
  is_broken_ = true;
  throw core::Error(fmt::format("{}{}: {} (rank {} of {}, communicator {}, as NCCL's log calls it)", call,
                                peer < 0 ? "" : fmt::format(" with rank {}", peer), words_for(code), rank_, ranks_,
                                fmt::ptr(comm_)));
}

/// Of the communicator; a failure to ask for it counts as one.
int NcclCalls::state() const {
  const std::lock_guard lock(mutex_);
  require_not_aborted();
  int state = kNcclSuccess;
  const int code = nccl_.async_error(comm_, &state);
  return code == kNcclSuccess ? state : code;
}

void NcclCalls::enqueued(int code, const char* call, int peer) const {
  if (code != kNcclSuccess && code != kNcclInProgress) {
    fail(code, call, peer);
  }
}

void NcclCalls::accept(int code, const char* call) const {
  const auto end = std::chrono::steady_clock::now() + limit_;
  if (code != kNcclInProgress || comm_ == nullptr) {
    return enqueued(code, call);
  }
  while ((code = state()) == kNcclInProgress) {
    if (std::chrono::steady_clock::now() > end) {
      is_broken_ = true;
      const auto words = fmt::format(
          "{}: no answer for {:.0f} s; NCCL_DEBUG=INFO shows what NCCL waits for (rank {} of {}, communicator {})",
          call, std::chrono::duration<double>(limit_).count(), rank_, ranks_, fmt::ptr(comm_));
      abort();
      throw core::Error(words);
    }
    ::sched_yield();
  }
  if (code != kNcclSuccess) {
    fail_for_good(code, call);
  }
}

void NcclCalls::fail_for_good(int code, const char* call) const {
  try {
    fail(code, call);
  } catch (...) {
    abort();
    throw;
  }
}

void NcclCalls::group(const std::function<void()>& calls) const {
  enqueued(nccl_.group_start(), "ncclGroupStart");
  try {
    calls();
  } catch (...) {
    nccl_.group_end();  // answers what has just been thrown, again
    throw;
  }
  accept(nccl_.group_end(), "ncclGroupEnd");
}

void NcclCalls::require_not_aborted() const {
  if (is_aborted()) {
    throw core::Error("NCCL's communicator was given up: the watchdog ends the run");
  }
}

std::string NcclCalls::background_error() const {
  const int code = comm_ == nullptr || is_aborted() ? kNcclSuccess : state();
  return code == kNcclSuccess || code == kNcclInProgress ? "" : words_for(code);
}

void NcclCalls::abort() const {
  {
    const std::lock_guard lock(mutex_);
    if (is_aborted_.exchange(true)) {
      return;
    }
  }
  if (comm_ != nullptr) {
    nccl_.abort(comm_);
  }
}

void NcclCalls::look() const {
  if (const int code = state(); code != kNcclSuccess && code != kNcclInProgress) {
    fail_for_good(code, "met in the background (ncclCommGetAsyncError)");
  }
}

}  // namespace plumb::bench
