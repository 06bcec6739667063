#include "bench/transport_operation.h"

#include <algorithm>

#include "bench/reduction.h"

namespace plumb::bench {
namespace {

std::size_t bytes_of(const Case& one, std::int64_t elements) {
  return static_cast<std::size_t>(elements) * size_of(one.type);
}

/// The whole of it, or this rank's slot.
Slice slot_of(Region& region, std::size_t whole, std::size_t bytes, int rank) {
  return {&region, bytes == whole ? 0 : static_cast<std::size_t>(rank) * bytes, bytes};
}

}  // namespace

TransportOperation::TransportOperation(const Points& points, const Case& one) : points_(points), case_(one) {
  const std::size_t sent = bytes_of(one, one.send_elements()), received = bytes_of(one, one.receive_elements());
  const std::size_t whole = std::max(sent, received);
  if (one.in_place) {
    receive_ = points.transport.allocate(whole);
    source_ = slot_of(*receive_, whole, sent, points.rank);
    target_ = slot_of(*receive_, whole, received, points.rank);
  } else {
    send_ = points.transport.allocate(sent);
    receive_ = points.transport.allocate(received);
    multiplied_ = multiplies() ? points.transport.allocate(sent) : nullptr;
    source_ = {multiplied_ ? multiplied_.get() : send_.get(), 0, sent};
    target_ = {receive_.get(), 0, received};
  }
}

bool TransportOperation::multiplies() const {
  return case_.collective->reduces && case_.op == ReduceOp::mulsum && premultiplier(points_.rank) != 1;
}

void TransportOperation::run() {
  if (multiplied_) {
    std::ranges::copy(send_->bytes(), multiplied_->bytes().begin());
  }
  if (multiplies()) {
    premultiply(case_.type, points_.rank, memory_of(source_));
  }
  move();
  const bool has_result = !case_.collective->rooted || points_.rank == case_.root;
  if (case_.collective->reduces && case_.op == ReduceOp::avg && has_result) {
    divide_elements(case_.type, receive_buffer(), case_.ranks);
  }
  points_.transport.flush();
}

Slice TransportOperation::block(const Slice& buffer, int peer) const {
  const std::size_t bytes = bytes_of(case_, case_.count);
  return part(buffer, static_cast<std::size_t>(peer) * bytes, bytes);
}

void TransportOperation::combine(const Slice& into, const Slice& from) const {
  reduce_elements(case_.type, case_.op, memory_of(into), memory_of(from));
}

}  // namespace plumb::bench
