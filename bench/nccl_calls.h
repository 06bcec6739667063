// What NCCL answers to calls: waited for where it takes its time, and where it failed an error in NCCL's own words.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "bench/nccl_library.h"

namespace plumb::bench {

/// The calls of one rank on one communicator. It is the first failure that is thrown: NCCL keeps the words of its last
/// error only, and what fails afterwards fails because of the first. Throws core::Error.
class NcclCalls {
 public:
  /// `comm` may be filled in later, as ncclCommInitRankConfig does. It and the functions outlive this.
  NcclCalls(const NcclFunctions& nccl, const NcclComm& comm, int rank, int ranks,
            std::chrono::nanoseconds limit = std::chrono::seconds(120));

  /// What NCCL answered to `call`, within a group or not; throws unless it took it in or is about to. `peer`: the rank
  /// that it sends to or receives from, -1: none.
  void enqueued(int code, const char* call, int peer = -1) const;
  /// Waits until NCCL has taken in what it answered `code` to. When that fails the communicator is given up.
  void accept(int code, const char* call) const;
  /// `calls` between group start and end, which must hand each answer to enqueued(). The group is ended in any case.
  void group(const std::function<void()>& calls) const;
  /// Throws when NCCL has met an error in the background, and has then given the communicator up.
  void look() const;

  /// From any thread: that error in words; empty: none.
  [[nodiscard]] std::string background_error() const;
  /// From any thread: gives the communicator up, once. Whoever uses it then throws.
  void abort() const;
  /// Throws after abort(): what looks done is not. Costs nothing to speak of.
  void require_not_aborted() const;
  [[nodiscard]] bool is_aborted() const { return is_aborted_.load(std::memory_order_relaxed); }

  /// After a failure the communicator can only be aborted.
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  [[nodiscard]] std::string words_for(int code) const;
  [[nodiscard]] int state() const;
  [[noreturn]] void fail(int code, const char* call, int peer = -1) const;
  /// Of what NCCL met in the background: its kernels may spin for ever, and memory that they use could not be freed.
  [[noreturn]] void fail_for_good(int code, const char* call) const;

  const NcclFunctions& nccl_;
  const NcclComm& comm_;
  int rank_, ranks_;
  std::chrono::nanoseconds limit_;
  mutable bool is_broken_ = false;
  mutable std::mutex mutex_;  // nobody asks a communicator that is being given up
  mutable std::atomic<bool> is_aborted_{false};
};

}  // namespace plumb::bench
