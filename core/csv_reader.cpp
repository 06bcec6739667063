#include "core/csv_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "core/text.h"

namespace plumb::core {

std::size_t about_lines(const std::filesystem::path& path) {
  constexpr std::size_t kLook = 1U << 16U;
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(path, unreadable);
  std::ifstream in(path, std::ios::binary);
  std::string start(kLook, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  const auto lines = static_cast<std::size_t>(std::count(start.begin(), start.end(), '\n'));
  return unreadable || start.empty() ? 0 : lines * (size / start.size() + (size % start.size() == 0 ? 0 : 1));
}

namespace csv_detail {
namespace {

[[noreturn]] void throw_empty(const std::string& name) {
  throw Error(fmt::format("{}:1: the file is empty, not even a header is there", name));
}

[[noreturn]] void throw_cut_off(const std::string& name, std::ptrdiff_t line) {
  throw Error(fmt::format("{}:{}: the last line is cut off (no line end); copy the file again, or delete that line",
                          name, line));
}

}  // namespace

std::uintmax_t whole_lines_size(const std::filesystem::path& path, TruncatedTail tail) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) {
    throw Error(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  }
  const auto size = static_cast<std::uintmax_t>(in.tellg());
  auto end = size;
  char last = 0;
  while (end > 0 && in.seekg(static_cast<std::streamoff>(end - 1)) && in.get(last) && last != '\n') {
    --end;
  }
  if (end != size && tail == TruncatedTail::refuse) {
    const auto line = 1 + [&] {
      in.clear();
      in.seekg(0);
      return std::count(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(), '\n');
    }();
    throw_cut_off(path.string(), line);
  }
  if (end == 0) {
    throw_empty(path.string());
  }
  return end;
}

void require_whole_lines(const std::string& name, std::string_view text) {
  if (text.empty()) {
    throw_empty(name);
  }
  if (!text.ends_with('\n')) {
    throw_cut_off(name, 1 + std::count(text.begin(), text.end(), '\n'));
  }
}

void throw_bad_cell(const std::filesystem::path& path, unsigned line, std::string_view column, const char* cell) {
  throw Error(fmt::format("{}:{}: column '{}': '{}' is not a number", path.string(), line, column, printable(cell)));
}

void rethrow_located(const std::filesystem::path& path) {
  const auto fail = [&](int line, std::string_view what) {
    throw Error(fmt::format("{}:{}: {}", path.string(), std::max(line, 1), what));
  };
  try {
    throw;
  } catch (const io::error::too_few_columns& error) {
    fail(error.file_line, "too few columns");
  } catch (const io::error::too_many_columns& error) {
    fail(error.file_line, "too many columns");
  } catch (const io::error::escaped_string_not_closed& error) {
    fail(error.file_line, "a quote is not closed");
  } catch (const io::error::line_length_limit_exceeded& error) {
    fail(error.file_line, "the line is too long");
  } catch (const io::error::duplicated_column_in_header& error) {
    fail(1, fmt::format("column '{}' stands twice in the header", printable(error.column_name)));
  } catch (const std::exception& error) {
    throw Error(fmt::format("{}: {}", path.string(), printable(error.what())));
  }
  std::abort();  // every branch above throws
}

WholeLines::WholeLines(const std::filesystem::path& path, std::uintmax_t size)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), left_(size) {
  if (file_ < 0) {
    throw Error(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  }
}

WholeLines::~WholeLines() { ::close(file_); }

int WholeLines::read(char* buffer, int size) {
  const auto want = std::min<std::uintmax_t>(left_, static_cast<std::uintmax_t>(size));
  const auto got = ::read(file_, buffer, want);
  if (got <= 0) {
    return 0;
  }
  left_ -= static_cast<std::uintmax_t>(got);
  return static_cast<int>(got);
}

}  // namespace csv_detail
}  // namespace plumb::core
