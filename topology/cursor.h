// Walks over one line of a file. Nothing here throws: what does not fit leaves the cursor where it is.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plumb::topology {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  Cursor& skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    return *this;
  }

  void advance(std::size_t bytes) { rest_.remove_prefix(std::min(bytes, rest_.size())); }

  /// Skips blanks and then `text`, when it stands there.
  bool skip(std::string_view text) {
    skip_blanks();
    const bool is_there = rest_.starts_with(text);
    rest_.remove_prefix(is_there ? text.size() : 0);
    return is_there;
  }

  /// What stands before `mark`, which is skipped too; nothing when it is not there.
  std::optional<std::string_view> until(std::string_view mark) {
    const auto at = rest_.find(mark);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    const auto text = rest_.substr(0, at);
    rest_.remove_prefix(at + mark.size());
    return text;
  }

  /// The next run of characters that are no blanks; empty at the end.
  std::string_view word() {
    skip_blanks();
    const auto text = rest_.substr(0, rest_.find_first_of(" \t"));
    rest_.remove_prefix(text.size());
    return text;
  }

  /// Digits of a number after blanks; nothing when there are none, or when it does not fit.
  template <class Number = std::uint64_t>
  std::optional<Number> number(int radix = 10) {
    skip_blanks();
    Number value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, radix);
    if (error != std::errc()) {
      return std::nullopt;
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace plumb::topology
