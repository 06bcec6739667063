#include "core/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "core/text.h"
#include "core/units.h"

namespace plumb::core {
namespace {

const char* code_of(Style style) {
  switch (style) {
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::red:
      return "\x1b[1;31m";
    case Style::yellow:
      return "\x1b[33m";
    case Style::green:
      return "\x1b[1;32m";
    case Style::plain:
      break;
  }
  return "";
}

std::string padded(const std::string& cell, std::size_t width, bool right) {
  const std::string space(width - std::min(width, display_width(cell)), ' ');
  return right ? space + cell : cell + space;
}

}  // namespace

bool wants_colour(std::FILE* stream) {
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && ::isatty(::fileno(stream)) == 1;
}

std::string styled(std::string_view text, Style style, bool colour) {
  return colour && style != Style::plain ? fmt::format("{}{}\x1b[0m", code_of(style), text) : std::string(text);
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0U) != 0x80U; }));
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  std::transform(cells.begin(), cells.end(), cells.begin(), printable);
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    std::size_t width = display_width(headings_[column].text);
    for (const auto& row : rows_) {
      width = std::max(width, display_width(row[column]));
    }
    widths.push_back(width);
  }
  std::string out;
  const auto add_line = [&](const auto& cell_of) {
    std::string line(indent);
    for (std::size_t column = 0; column < headings_.size(); ++column) {
      line += (column == 0 ? "" : "  ") + padded(cell_of(column), widths[column], headings_[column].right);
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  add_line([&](std::size_t column) { return headings_[column].text; });
  for (const auto& row : rows_) {
    add_line([&](std::size_t column) { return row[column]; });
  }
  return out;
}

Progress::Progress(std::string what, std::int64_t steps, std::FILE* stream)
    : what_(std::move(what)), steps_(steps), stream_(stream), rewrite_(::isatty(::fileno(stream)) == 1) {}

Progress::~Progress() {
  if (line_open_) {
    std::fputc('\n', stream_);
  }
}

void Progress::step(std::int64_t done, std::int64_t now_ns, std::string_view note) {
  if (first_ns_ < 0) {
    first_ns_ = now_ns;
  }
  std::string line = fmt::format("{} {}/{}", what_, done, steps_);
  if (done > 1 && done < steps_) {  // the first step started the clock
    const double left =
        static_cast<double>(now_ns - first_ns_) / static_cast<double>(done - 1) * static_cast<double>(steps_ - done);
    line += ", " + format_ns(left) + " left";
  }
  if (!note.empty()) {
    line += ": " + printable(note);
  }
  fmt::print(stream_, "{}{}{}", rewrite_ ? "\r\x1b[K" : "", line, rewrite_ ? "" : "\n");
  std::fflush(stream_);
  line_open_ = rewrite_;
}

}  // namespace plumb::core
