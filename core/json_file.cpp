#include "core/json_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/error.h"
#include "core/text.h"

namespace plumb::core {
namespace {

[[noreturn]] void throw_errno(const char* verb, const std::filesystem::path& path) {
  throw Error(fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(errno)));
}

bool write_all(int file, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t written = ::write(file, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return ::fsync(file) == 0;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) {
    throw_errno("read", path);
  }
  constexpr std::size_t kBlock = 1U << 16U;
  std::error_code unknown;  // of pipes and the like
  const auto size = std::filesystem::file_size(path, unknown);
  std::string text(unknown ? kBlock : static_cast<std::size_t>(size) + 1, '\0');  // 1 more: the end shows at once
  std::size_t got = 0;
  while (in.read(text.data() + got, static_cast<std::streamsize>(text.size() - got))) {
    got = text.size();
    text.resize(got + std::max(kBlock, got / 2));  // it grew, or did not tell its size
  }
  text.resize(got + static_cast<std::size_t>(in.gcount()));
  return text;
}

Json read_json(const std::filesystem::path& path) {
  try {
    return Json::parse(read_file(path));
  } catch (const Json::exception& error) {  // a number may be too large, too
    std::string_view what = error.what();   // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
    what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
    throw Error(fmt::format("{}: {}", path.string(), printable(what)));
  }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path aside = path.string() + "." + std::to_string(::getpid()) + ".tmp";
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    throw_errno("write", aside);
  }
  const bool written = write_all(file, content);
  ::close(file);
  if (!written || ::rename(aside.c_str(), path.c_str()) != 0) {
    throw_errno("write", path);
  }
}

void write_json(const std::filesystem::path& path, const Json& document) {
  write_file_atomically(path, document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace plumb::core
