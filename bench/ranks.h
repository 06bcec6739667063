// The control plane between the ranks of one job, over MPI. Every call is made by all ranks unless it says so.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace plumb::bench {

/// A value and the rank that has it.
struct ValueAtRank {
  double value;
  int rank;
};

class Ranks {
 public:
  /// Works on a duplicate of `parent`, so that its traffic never meets the measured traffic's tags.
  explicit Ranks(MPI_Comm parent);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool first() const { return rank_ == 0; }
  [[nodiscard]] MPI_Comm communicator() const { return communicator_; }

  void barrier() const;
  [[nodiscard]] bool all(bool mine) const;
  [[nodiscard]] std::int64_t sum(std::int64_t mine) const;
  [[nodiscard]] std::int64_t broadcast(std::int64_t value, int root = 0) const;
  [[nodiscard]] std::string broadcast(const std::string& text, int root = 0) const;
  /// Element by element over the ranks, on every rank.
  void max_in_place(std::span<double> values) const;
  void min_in_place(std::span<double> values) const;
  /// Largest value and its rank (the lowest such rank), element by element.
  [[nodiscard]] std::vector<ValueAtRank> max_with_rank(std::span<const double> values) const;
  /// Everyone's text, in rank order, on rank 0; empty elsewhere.
  [[nodiscard]] std::vector<std::string> gather(const std::string& mine) const;
  /// As gather, on every rank.
  [[nodiscard]] std::vector<std::string> gather_everywhere(const std::string& mine) const;
  /// Everyone's `values` (as many on each rank), rank by rank, on rank 0.
  [[nodiscard]] std::vector<double> gather(std::span<const double> values) const;

  /// What `peer` gives, of two ranks that call it with each other.
  [[nodiscard]] std::string swap(int peer, const std::string& mine) const;

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
};

/// Host of this rank as MPI names it (the simulated host under SimGrid).
std::string host_name();

}  // namespace plumb::bench
