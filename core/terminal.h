// What people see in a terminal: colour where wanted, aligned tables, a progress line. Results go to stdout,
// progress and messages to stderr.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace plumb::core {

enum class Style { plain, bold, dim, red, yellow, green };

/// True when `stream` is a terminal and NO_COLOR is not set.
bool wants_colour(std::FILE* stream);

/// `text` in the style's ANSI codes, or as it is when `colour` is false.
std::string styled(std::string_view text, Style style, bool colour);

/// Columns in terminal cells of UTF-8 text (one a code point).
std::size_t display_width(std::string_view text);

/// An aligned text table: numbers right, text left. Cells are printable()-escaped.
class Table {
 public:
  struct Heading {
    std::string text;
    bool right = false;
  };
  explicit Table(std::vector<Heading> headings) : headings_(std::move(headings)) {}

  /// As many cells as headings.
  void add(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::string text(std::string_view indent = "") const;

 private:
  std::vector<Heading> headings_;
  std::vector<std::vector<std::string>> rows_;
};

/// Progress on stderr: one line that is rewritten on a terminal, one line a step elsewhere. Rank 0 only.
class Progress {
 public:
  Progress(std::string what, std::int64_t steps, std::FILE* stream = stderr);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Step `done` of all is finished at `now_ns` (any clock, the same for all calls); `note` says which.
  void step(std::int64_t done, std::int64_t now_ns, std::string_view note);

 private:
  std::string what_;
  std::int64_t steps_;
  std::int64_t first_ns_ = -1;
  std::FILE* stream_;
  bool rewrite_;
  bool line_open_ = false;
};

}  // namespace plumb::core
