// The lines of a log that may be gigabytes: a file, plain or gzip, or stdin.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

struct gzFile_s;  // zlib's

namespace plumb::diag {

/// What is longer is no line of a log that we know: its rest is skipped, so that memory stays small.
inline constexpr std::size_t kLongestLine = 1UL << 16;

/// The text of a file in pieces; "-" is stdin.
class LogFile {
 public:
  /// Throws Error when it cannot be opened.
  explicit LogFile(const std::string& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Up to `size` bytes; 0 at the end. Throws Error when the file or its compression is broken.
  std::size_t read(char* buffer, std::size_t size);

 private:
  std::string path_;
  gzFile_s* file_;
};

/// Cuts pieces of text into lines, which end in LF or CR LF; the last one may lack it.
class LineCutter {
 public:
  /// Calls `visit(line, number)`, counted from 1; the line ends with the call.
  using Visit = std::function<void(std::string_view line, std::uint64_t number)>;
  explicit LineCutter(Visit visit) : visit_(std::move(visit)) {}

  void add(std::string_view piece);
  void finish();

 private:
  void keep(std::string_view piece);
  void tell(std::string_view line);

  Visit visit_;
  std::string begun_;  // of a line whose end is in a later piece
  std::uint64_t number_ = 0;
};

/// The lines of a text that is in memory.
void for_each_line_of(std::string_view text, const LineCutter::Visit& visit);

/// The lines of a file. Throws Error.
void for_each_line(const std::string& path, const LineCutter::Visit& visit);

}  // namespace plumb::diag
