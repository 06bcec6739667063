#include "bench/ring.h"

#include <algorithm>
#include <array>

namespace plumb::bench {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;  // stays in a core's cache between arrival and addition

}  // namespace

RingReduction::RingReduction(const Points& points, Slice first, std::vector<RingStep> steps, std::size_t element,
                             std::function<void(const Slice& into, const Slice& from)> combine)
    : points_(points), first_(first), steps_(std::move(steps)), element_(element), combine_(std::move(combine)) {
  std::size_t shortest = first.bytes;  // of all chunks, and so the same on all ranks
  for (const auto& step : steps_) {
    shortest = std::min(shortest, step.landing.bytes);
  }
  pieces_ = std::max<std::size_t>(shortest / kPieceBytes, 1);
  receives_.resize(pieces_);
  sends_.resize(pieces_);
}

Slice RingReduction::piece(const Slice& chunk, std::size_t index) const {
  return share(chunk, index, pieces_, element_);
}

void RingReduction::start_step(std::size_t step, std::size_t index) {
  receives_[index] = points_.transport.start_receive(points_.after(-1), piece(steps_[step].landing, index));
  sends_[index] =
      points_.transport.start_send(points_.after(1), piece(step == 0 ? first_ : steps_[step - 1].into(), index));
}

void RingReduction::run() {
  for (std::size_t i = 0; i < pieces_ && !steps_.empty(); ++i) {
    start_step(0, i);
  }
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    for (std::size_t i = 0; i < pieces_; ++i) {
      points_.transport.complete({&receives_[i], 1});
      combine_(piece(steps_[step].into(), i), piece(steps_[step].from(), i));
      points_.transport.complete({&sends_[i], 1});  // its memory may be the next landing
      if (step + 1 < steps_.size()) {
        start_step(step + 1, i);
      }
    }
  }
}

void ring_gather(const Points& points, std::span<const Slice> chunks) {
  const auto chunk = [&](int distance) { return chunks[static_cast<std::size_t>(points.after(distance))]; };
  for (int step = 0; step + 1 < points.ranks; ++step) {
    const auto receive = points.transport.start_receive(points.after(-1), chunk(-step - 1));
    points.transport.complete(std::array{receive, points.transport.start_send(points.after(1), chunk(-step))});
  }
}

}  // namespace plumb::bench
