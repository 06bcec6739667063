// What plumb-pairs prints when it is done: figures, no judgement.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/rows.h"

namespace plumb::bench {

class PairSummary {
 public:
  /// `forward`: rows that are alike in this, in round, mode and bytes were measured at the same time.
  void add(const core::PairRow& row, bool forward);
  [[nodiscard]] std::int64_t wrong() const { return wrong_; }
  [[nodiscard]] std::int64_t failed() const { return failed_; }

  /// One line a mode and size; the slowest directions; a matrix of the largest size when it is small enough to read;
  /// where hosts were joined on several rails at once, each rail of the slowest, and their sum.
  [[nodiscard]] std::string text() const;

 private:
  struct Figure {
    std::string src, dst;
    double value;  // ns for latency, bytes a second else
  };
  using Key = std::pair<std::string, core::Integer>;  // mode, bytes

  [[nodiscard]] std::string overview() const;
  [[nodiscard]] std::string slowest(const Key& key) const;
  [[nodiscard]] std::string matrix(const Key& key) const;
  [[nodiscard]] std::string rails(const Key& key) const;

  /// All that one host sent to another at the same time, a rail each.
  struct Rails {
    std::vector<Figure> measured;
    std::size_t failed = 0;
    [[nodiscard]] double sum() const;
  };
  using Together = std::tuple<core::Integer, bool, std::string, std::string>;  // round, forward, hosts

  std::map<Key, std::vector<Figure>> figures_;
  std::map<Key, std::map<Together, Rails>> rails_;
  std::int64_t wrong_ = 0, failed_ = 0;
};

}  // namespace plumb::bench
