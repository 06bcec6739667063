#include "core/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/text.h"

namespace plumb::core {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostBytes = 256UL << 20;  // of an answer: more is no answer but a fault

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      ends_ = {-1, -1};
    }
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int reading() const { return ends_[0]; }
  [[nodiscard]] int writing() const { return ends_[1]; }
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) {
      ::close(ends_[end]);
      ends_[end] = -1;
    }
  }

 private:
  std::array<int, 2> ends_{};
};

/// 0, or errno. SIGPIPE and signal masks are as a fresh program expects them.
int spawn(const std::vector<std::string>& words, const Pipe& out, const Pipe& errors, pid_t& child) {
  std::vector<char*> argv;
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writing(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.writing(), STDERR_FILENO);
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/// Appends what is there; false at the end.
bool drain(int file, std::string& text) {
  std::array<char, 65536> buffer{};
  const auto got = ::read(file, buffer.data(), buffer.size());
  if (got > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return got > 0 || (got < 0 && errno == EINTR);
}

/// False when the deadline passed before both were closed.
bool read_both(Pipe& out, Pipe& errors, std::string& out_text, std::string& error_text, Clock::time_point deadline) {
  std::array<pollfd, 2> files{{{out.reading(), POLLIN, 0}, {errors.reading(), POLLIN, 0}}};
  const std::array texts{&out_text, &error_text};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || out_text.size() + error_text.size() > kMostBytes) {
      return false;
    }
    if (::poll(files.data(), files.size(), static_cast<int>(left)) < 0 && errno != EINTR) {
      return false;
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].revents != 0 && !drain(files[i].fd, *texts[i])) {
        files[i].fd = -1;  // poll ignores it from here on
      }
    }
  }
  return true;
}

/// A program may close its outputs and live on.
bool ends_by(pid_t child, int& status, Clock::time_point deadline) {
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() > deadline) {
      return false;
    }
    ::usleep(1000);
  }
  return true;
}

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  const auto before = text.rfind('\n');
  return printable(before == std::string_view::npos ? text : text.substr(before + 1));
}

std::string why_bad(const std::string& program, int status, const std::string& errors) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return "";
  }
  const auto end = WIFEXITED(status) ? fmt::format("ended with exit code {}", WEXITSTATUS(status))
                                     : fmt::format("ended by signal {}", WTERMSIG(status));
  return fmt::format("{} {}{}", program, end, errors.empty() ? "" : ": " + last_line(errors));
}

}  // namespace

ProgramAnswer run_program(const std::vector<std::string>& words, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  Pipe out, errors;
  pid_t child = 0;
  if (const int failed = spawn(words, out, errors, child); failed != 0) {
    return {"",
            failed == ENOENT ? words[0] + " is not installed"
                             : fmt::format("cannot start {}: {}", words[0], std::strerror(failed)),
            {}};
  }
  out.close_end(1);
  errors.close_end(1);
  ProgramAnswer answer;
  std::string error_text;
  int status = 0;
  if (!read_both(out, errors, answer.out, error_text, deadline) || !ends_by(child, status, deadline)) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    answer.why_no_good =
        fmt::format("{} gave no answer within {} s", words[0], static_cast<double>(limit.count()) / 1e3);
    return answer;
  }
  answer.why_no_good = why_bad(words[0], status, error_text);
  if (WIFEXITED(status)) {
    answer.exit_code = WEXITSTATUS(status);
  }
  return answer;
}

}  // namespace plumb::core
