// The NICs that a rank drives, opened, each with the queue on which its queue pairs report.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/rdma_settings.h"
#include "bench/verbs_completions.h"
#include "bench/verbs_device.h"

namespace plumb::bench {

class VerbsRails {
 public:
  /// Those of this place on the host; none when one of them cannot be used. `a_peer`: completions that one peer may
  /// leave unread on each.
  VerbsRails(const RdmaSettings& settings, int local_rank, int a_peer);

  /// Empty: all are open.
  [[nodiscard]] const std::string& why_closed() const { return why_closed_; }
  [[nodiscard]] bool are_open() const { return why_closed_.empty(); }
  /// In order; empty when closed.
  [[nodiscard]] const std::vector<const VerbsDevice*>& devices() const { return devices_; }
  /// On each of their queues. Throws core::Error.
  void make_room_for(int peers);
  [[nodiscard]] VerbsCompletions& completions(std::size_t rail) { return rails_[rail]->completions; }
  [[nodiscard]] std::vector<std::string> names() const;
  /// What each sends from, or why they are closed.
  [[nodiscard]] std::string words() const;

 private:
  struct Rail {
    VerbsDevice device;
    VerbsCompletions completions;
    Rail(const std::string& name, const RdmaSettings& settings, int a_peer)
        : device(name, settings), completions(device, a_peer) {}
  };
  std::vector<std::unique_ptr<Rail>> rails_;
  std::vector<const VerbsDevice*> devices_;
  std::string why_closed_;
};

}  // namespace plumb::bench
