#include "bench/nccl_ras.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench/nccl_library.h"
#include "core/error.h"
#include "core/text.h"

namespace plumb::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 64UL << 20;  // of an answer: a rank takes 0.6 KB

/// A connection that never waits beyond its deadline. Throws core::Error.
class RasConnection {
 public:
  RasConnection(const std::string& address, Clock::time_point deadline) : deadline_(deadline) {
    const auto colon = address.rfind(':');
    const auto host = address.substr(0, colon);
    const auto port = colon == std::string::npos ? "" : address.substr(colon + 1);
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) {
      throw core::Error(fmt::format("no such address: {}", address));
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    for (const auto* one = found; one != nullptr && socket_ < 0; one = one->ai_next) {
      connect(*one);
    }
    if (socket_ < 0) {
      throw core::Error(fmt::format("nobody listens at {}", address));
    }
  }
  ~RasConnection() { ::close(socket_); }
  RasConnection(const RasConnection&) = delete;
  RasConnection& operator=(const RasConnection&) = delete;

  void say(std::string line) {
    line += '\n';
    for (std::size_t sent = 0; sent < line.size();) {
      await(socket_, POLLOUT);
      const auto more = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
      if (more < 0 && errno != EAGAIN && errno != EINTR) {
        throw core::Error("the connection broke");
      }
      sent += more > 0 ? static_cast<std::size_t>(more) : 0;
    }
  }

  /// Without its end; what is there when the other side closes counts as one.
  std::string line() {
    while (heard_.find('\n') == std::string::npos && hear()) {
    }
    const auto end = std::min(heard_.find('\n'), heard_.size());
    auto line = heard_.substr(0, end);
    heard_.erase(0, end + 1);
    return line;
  }

  std::string rest() {
    while (hear()) {
    }
    return heard_;
  }

 private:
  void connect(const addrinfo& to) {
    socket_ = ::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) {
      return;
    }
    int error = ::connect(socket_, to.ai_addr, to.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      await(socket_, POLLOUT);
      socklen_t length = sizeof error;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    if (error != 0) {
      ::close(socket_);
      socket_ = -1;
    }
  }

  void await(int file, short what) const {
    pollfd one{file, what, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    if (left <= 0 || ::poll(&one, 1, static_cast<int>(left)) == 0) {
      throw core::Error("no answer in time");
    }
  }

  /// False at the end.
  bool hear() {
    std::array<char, 65536> piece{};
    await(socket_, POLLIN);
    const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got > 0) {
      heard_.append(piece.data(), static_cast<std::size_t>(got));
    }
    if (heard_.size() > kMostBytes) {
      throw core::Error("it does not stop talking");
    }
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
  }

  Clock::time_point deadline_;
  int socket_ = -1;
  std::string heard_;
};

/// Of one communicator, in words.
class RasReader {
 public:
  RasReader(const RasJob& job, const std::function<const char*(int)>& error_string)
      : job_(job), error_string_(error_string) {}

  [[nodiscard]] std::string read(const Json& communicator) {
    for (const auto& missing : communicator.at("missing_ranks")) {
      const auto& status = missing.at("status");
      say(missing, status.at("considered_dead").get<bool>() ? "is considered dead"
                   : status.at("unresponsive").get<bool>()  ? "does not answer"
                                                            : "answers, but is not in this communicator");
    }
    for (const auto& rank : communicator.at("ranks")) {
      const int error = rank.at("status").at("async_error").get<int>();
      if (error != kNcclSuccess && error != kNcclInProgress) {
        say(rank, fmt::format("has met an error: {}", error_string_(error)));
      }
    }
    read_counts(communicator.at("ranks"));
    return fmt::format("{}", fmt::join(words_, "; "));
  }

 private:
  void read_counts(const Json& ranks) {
    std::map<std::string, std::uint64_t> most;
    for (const auto& rank : ranks) {
      for (const auto& [name, count] : rank.at("collective_counts").items()) {
        most[name] = std::max(most[name], count.get<std::uint64_t>());
      }
    }
    for (const auto& rank : ranks) {
      for (const auto& [name, count] : rank.at("collective_counts").items()) {
        if (const auto behind = most[name] - count.get<std::uint64_t>(); behind > 0) {
          say(rank, fmt::format("is {} {} behind", behind, name));
        }
      }
    }
  }

  void say(const Json& who, const std::string& what) {
    const auto rank = who.at("rank").get<std::size_t>();
    const auto host = rank < job_.hosts.size() ? job_.hosts[rank] : who.at("host").get<std::string>();
    words_.push_back(fmt::format("rank {} on host {} {}", rank, core::printable(host), core::printable(what)));
  }

  const RasJob& job_;
  const std::function<const char*(int)>& error_string_;
  std::vector<std::string> words_;
};

bool has_process(const Json& communicator, int pid) {
  return std::ranges::any_of(communicator.at("ranks"), [pid](const Json& rank) { return rank.at("pid") == pid; });
}

}  // namespace

RasAnswer ask_ras(const std::string& address, std::chrono::milliseconds limit) {
  RasAnswer answer;
  try {
    RasConnection ras(address, Clock::now() + limit);
    ras.say("CLIENT PROTOCOL 2");
    if (const auto greeting = ras.line(); !greeting.starts_with("SERVER PROTOCOL ")) {
      throw core::Error(fmt::format("not RAS at {}: {}", address, core::printable(greeting.substr(0, 80))));
    }
    ras.say(fmt::format("TIMEOUT {}", std::max<std::int64_t>(limit.count() / 2500, 1)));
    (void)ras.line();  // "OK"
    ras.say("SET FORMAT json");
    (void)ras.line();  // "OK", or that it does not know the command: then it answers in words
    ras.say("VERBOSE STATUS");
    answer.text = ras.rest();
    answer.why_no_good = answer.text.empty() ? "an empty answer" : "";
  } catch (const core::Error& error) {
    answer.why_no_good = error.what();
  }
  return answer;
}

std::string ras_says(const std::string& answer, const RasJob& job,
                     const std::function<const char*(int)>& error_string) {
  const auto json = Json::parse(answer, nullptr, false);
  if (json.is_discarded()) {
    return "answers in words that are kept, not read";
  }
  try {
    for (const auto& communicator : json.at("communicators")) {
      if (communicator.at("size") == job.hosts.size() && has_process(communicator, job.pid)) {
        const auto words = RasReader(job, error_string).read(communicator);
        return words.empty() ? "sees all ranks, no errors, and as many collectives started on each" : words;
      }
    }
  } catch (const Json::exception&) {
    return "answers in a form that is kept, not read";
  }
  return "knows another job only";
}

}  // namespace plumb::bench
