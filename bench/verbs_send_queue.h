// The send half of a queue pair: requests posted in batches, few of them signalled.
#pragma once

#include <infiniband/verbs.h>

#include <optional>
#include <vector>

#include "bench/verbs_tickets.h"
#include "bench/verbs_work_id.h"

namespace plumb::bench {

class VerbsSendQueue {
 public:
  /// `depth`: requests that the queue pair holds. `id`: kind, lane, connection and peer of all its requests.
  VerbsSendQueue(ibv_qp* pair, int depth, const WorkId& id);

  [[nodiscard]] bool has_room(std::size_t requests = 1) const {
    return added_ - completed_ + requests <= tickets_.size();
  }
  /// Needs room. `ticket` has a part done when the request is complete.
  void add(ibv_send_wr request, const ibv_sge& memory, std::optional<Ticket> ticket);
  /// Posts what was added. Throws core::Error.
  void flush();
  /// For how long the looks that were taken saw the NIC with requests and completing none, seconds; 0 when it has none.
  [[nodiscard]] double silent_s();
  /// The signalled request `number`, and all before it, are complete.
  void complete(const WorkId& id, VerbsTickets& tickets);

 private:
  ibv_qp* pair_;
  WorkId id_;
  std::vector<std::optional<Ticket>> tickets_;  // of requests under way, by number modulo depth
  std::uint64_t added_ = 0, completed_ = 0;
  std::uint64_t seen_completed_ = 0;  // by the look that saw it change, or nothing under way
  double seen_s_ = 0;                 // when that was
  std::vector<ibv_send_wr> batch_;
  std::vector<ibv_sge> memory_;
};

}  // namespace plumb::bench
