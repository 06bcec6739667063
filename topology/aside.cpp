#include "topology/aside.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "core/error.h"

namespace plumb::topology {
namespace {

void write_all(int fd, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const auto written = ::write(fd, bytes, size);
    if (written < 0 && errno != EINTR) {
      std::_Exit(EXIT_FAILURE);  // nobody listens any more
    }
    bytes += std::max<ssize_t>(written, 0);
    size -= static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  }
}

void be_silent() {
  if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) {
    ::dup2(nowhere, STDERR_FILENO);
    ::dup2(nowhere, STDOUT_FILENO);
    ::close(nowhere);
  }
}

/// Ends through exit(), since libraries take leave of their peers there.
template <class Work>
[[noreturn]] void be_the_child(const Work& work, int fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  be_silent();
  try {
    work([fd](const void* data, std::size_t size) { write_all(fd, data, size); });
  } catch (const std::exception&) {
    std::exit(EXIT_FAILURE);
  }
  std::exit(EXIT_SUCCESS);
}

/// False at the deadline.
bool read_until_closed(int fd, std::string& bytes, Deadline deadline) {
  std::array<char, 65536> part{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waited{fd, POLLIN, 0};
    const auto ready = left.count() <= 0 ? 0 : ::poll(&waited, 1, static_cast<int>(std::min(left.count(), 60'000L)));
    if (ready == 0 && std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    if (ready <= 0) {
      continue;
    }
    const auto count = ::read(fd, part.data(), part.size());
    if (count == 0 || (count < 0 && errno != EINTR)) {
      return count == 0;
    }
    bytes.append(part.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

}  // namespace

Told run_aside(const std::function<void(const std::function<void(const void*, std::size_t)>& write)>& work,
               Deadline deadline) {
  std::array<int, 2> ends{};
  std::fflush(nullptr);  // or the child would print it again
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw core::Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  const auto child = ::fork();
  if (child < 0) {
    throw core::Error(fmt::format("cannot fork: {}", std::strerror(errno)));
  }
  if (child == 0) {
    ::close(ends[0]);
    be_the_child(work, ends[1]);
  }
  ::close(ends[1]);
  Told told;
  told.in_time = read_until_closed(ends[0], told.bytes, deadline);
  ::close(ends[0]);
  if (!told.in_time) {
    ::kill(child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  told.in_time = told.in_time && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
  return told;
}

}  // namespace plumb::topology
