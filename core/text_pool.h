// Keeps many small texts in few blocks of memory.
#pragma once

#include <tsl/robin_set.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace plumb::core {

/// Views into a pool stay valid for as long as the pool lives, also when it is moved.
class TextPool {
 public:
  /// A copy of `text`.
  std::string_view keep(std::string_view text);
  /// The one copy of `text`: for words that repeat. Equal words have equal data().
  std::string_view intern(std::string_view text);

 private:
  static constexpr std::size_t kBlockBytes = 1UL << 18;

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t free_ = 0;  // bytes left in the last block
  char* next_ = nullptr;
  tsl::robin_set<std::string_view> words_;
};

}  // namespace plumb::core
