// What plumb-pairs prints when it is done: figures, no judgement.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/rows.h"

namespace plumb::bench {

class PairSummary {
 public:
  void add(const core::PairRow& row);
  [[nodiscard]] std::int64_t wrong() const { return wrong_; }
  [[nodiscard]] std::int64_t failed() const { return failed_; }

  /// One line a mode and size; the slowest directions; a matrix of the largest size when it is small enough to read.
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

  std::map<Key, std::vector<Figure>> figures_;
  std::int64_t wrong_ = 0, failed_ = 0;
};

}  // namespace plumb::bench
