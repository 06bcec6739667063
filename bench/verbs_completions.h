// The one queue on which all queue pairs of a rank report.
#pragma once

#include <infiniband/verbs.h>

#include <array>
#include <memory>
#include <span>

#include "bench/verbs_device.h"

namespace plumb::bench {

class VerbsCompletions {
 public:
  /// `a_peer`: completions that one peer may leave unread. Throws core::Error.
  VerbsCompletions(const VerbsDevice& device, int a_peer);

  /// Before the queue pairs of one more peer are made, since a queue that overflows is lost. Throws core::Error.
  void make_room_for(int peers);
  /// What has been reported, some at a time; valid until the next call. Throws core::Error.
  std::span<const ibv_wc> poll();
  [[nodiscard]] ibv_cq* queue() const { return queue_.get(); }

 private:
  const VerbsDevice& device_;
  int a_peer_;
  std::unique_ptr<ibv_cq, int (*)(ibv_cq*)> queue_;
  std::array<ibv_wc, 32> read_;
};

}  // namespace plumb::bench
