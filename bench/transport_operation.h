// What all collectives over a transport share: the buffers, in place or not, and what follows the movement of data.
#pragma once

#include <memory>

#include "bench/backend.h"
#include "bench/points.h"

namespace plumb::bench {

class TransportOperation : public Operation {
 public:
  TransportOperation(const Points& points, const Case& one);

  void run() final;
  std::span<std::byte> send_buffer() final { return multiplied_ ? send_->bytes() : memory_of(source_); }
  std::span<std::byte> receive_buffer() final { return memory_of(target_); }

 protected:
  /// Brings the result into target(), sums for averages. Called by all ranks.
  virtual void move() = 0;

  [[nodiscard]] const Points& points() const { return points_; }
  [[nodiscard]] Transport& transport() const { return points_.transport; }
  [[nodiscard]] const Case& measured() const { return case_; }
  [[nodiscard]] std::size_t ranks() const { return static_cast<std::size_t>(points_.ranks); }
  [[nodiscard]] std::size_t element() const { return size_of(case_.type); }  // bytes
  /// What this rank sends, already multiplied, and receives: in place the smaller is its slot in the larger.
  [[nodiscard]] const Slice& source() const { return source_; }
  [[nodiscard]] const Slice& target() const { return target_; }
  /// Block of rank `peer` in a buffer with one a rank.
  [[nodiscard]] Slice block(const Slice& buffer, int peer) const;
  /// into = into op from.
  void combine(const Slice& into, const Slice& from) const;

 private:
  [[nodiscard]] bool multiplies() const;

  Points points_;
  Case case_;
  std::unique_ptr<Region> send_, receive_;  // in place only the second, as large as the larger
  std::unique_ptr<Region> multiplied_;      // of mulsum, out of place: what is sent
  Slice source_, target_;
};

}  // namespace plumb::bench
