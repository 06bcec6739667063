#include "core/csv_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "core/error.h"

namespace plumb::core {
namespace {

void require_same_header(const std::filesystem::path& path, const std::string& header) {
  std::ifstream in(path);
  std::string first;
  std::getline(in, first);
  if (first != header) {
    throw Error(fmt::format("{}:1: cannot append, its header differs from this version's; use a new run directory",
                            path.string()));
  }
}

}  // namespace

CsvFile::CsvFile(const std::filesystem::path& path, const std::string& header) : path_(path) {
  std::error_code ignored;
  const bool fresh = !std::filesystem::exists(path, ignored) || std::filesystem::file_size(path, ignored) == 0;
  if (!fresh) {
    require_same_header(path, header);
  }
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) {
    throw Error(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
  }
  if (fresh) {
    add_line(header);
    flush();
  }
}

CsvFile::CsvFile(CsvFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), pending_(std::move(other.pending_)) {}

CsvFile::~CsvFile() {
  if (file_ < 0) {
    return;
  }
  try {
    flush();
  } catch (const Error&) {  // a destructor cannot report; every row that mattered was flushed by its writer
  }
  ::close(file_);
}

void CsvFile::add_line(std::string_view line) {
  pending_ += line;
  pending_ += '\n';
}

void CsvFile::flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      throw Error(fmt::format("cannot write {}: {}", path_.string(), std::strerror(errno)));
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  pending_.clear();
}

}  // namespace plumb::core
