#include "diag/log_lines.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace plumb::diag {
namespace {

constexpr std::size_t kPiece = 1UL << 20;

}  // namespace

LogFile::LogFile(const std::string& path) : path_(path == "-" ? "stdin" : core::printable(path)) {
  if (path != "-" && std::filesystem::is_directory(path)) {
    throw core::Error(path_ + ": is a directory; name the files in it");
  }
  file_ = path == "-" ? ::gzdopen(::dup(STDIN_FILENO), "rb") : ::gzopen(path.c_str(), "rb");
  if (file_ == nullptr) {
    throw core::Error(fmt::format("{}: cannot be opened: {}", path_, std::strerror(errno)));
  }
  ::gzbuffer(file_, kPiece / 4);
}

LogFile::~LogFile() { ::gzclose(file_); }

std::size_t LogFile::read(char* buffer, std::size_t size) {
  const int count = ::gzread(file_, buffer, static_cast<unsigned>(size));
  int error = Z_OK;
  const char* words = ::gzerror(file_, &error);
  if (count < 0 || error == Z_BUF_ERROR) {
    throw core::Error(fmt::format("{}: cannot be read further: {}", path_,
                                  error == Z_ERRNO ? std::strerror(errno) : core::printable(words)));
  }
  return static_cast<std::size_t>(count);
}

void LineCutter::add(std::string_view piece) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    if (end == std::string_view::npos) {
      keep(piece);
      return;
    }
    if (begun_.empty()) {
      tell(piece.substr(0, end));
    } else {
      keep(piece.substr(0, end));
      tell(begun_);
      begun_.clear();
    }
    piece.remove_prefix(end + 1);
  }
}

void LineCutter::finish() {
  if (!begun_.empty()) {
    tell(begun_);
    begun_.clear();
  }
}

void LineCutter::keep(std::string_view piece) {
  begun_.append(piece.substr(0, std::min(piece.size(), kLongestLine + 1 - std::min(begun_.size(), kLongestLine + 1))));
}

void LineCutter::tell(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  visit_(line.substr(0, kLongestLine), ++number_);
}

void for_each_line_of(std::string_view text, const LineCutter::Visit& visit) {
  LineCutter lines(visit);
  lines.add(text);
  lines.finish();
}

void for_each_line(const std::string& path, const LineCutter::Visit& visit) {
  LogFile file(path);
  LineCutter lines(visit);
  std::vector<char> piece(kPiece);
  while (const auto size = file.read(piece.data(), piece.size())) {
    lines.add({piece.data(), size});
  }
  lines.finish();
}

}  // namespace plumb::diag
