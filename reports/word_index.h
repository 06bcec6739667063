// Words as numbers: equal words get one index.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text_pool.h"

namespace plumb::reports {

/// Appends each new word to a list that outlives it. Written for millions of look-ups of thousands of words.
class WordIndex {
 public:
  explicit WordIndex(std::vector<std::string>& words) : words_(words) {}
  std::uint32_t of(std::string_view word) {
    const auto found = known_.find(word);
    return found != known_.end() ? found->second : add(word);
  }
  /// The same for less where it is mostly this one that was seen before.
  std::uint32_t of(std::string_view word, std::uint32_t last) {
    return last < words_.size() && words_[last] == word ? last : of(word);
  }

 private:
  std::uint32_t add(std::string_view word) {
    const auto index = static_cast<std::uint32_t>(words_.size());
    words_.emplace_back(word);
    known_.emplace(texts_.keep(word), index);
    return index;
  }

  std::vector<std::string>& words_;
  core::TextPool texts_;
  tsl::robin_map<std::string_view, std::uint32_t> known_;
};

}  // namespace plumb::reports
