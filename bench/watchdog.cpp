#include "bench/watchdog.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "bench/agreed_error.h"
#include "core/error.h"
#include "core/text.h"

namespace plumb::bench {
namespace {

using Time = std::chrono::steady_clock;

constexpr auto kBeat = std::chrono::milliseconds(100);
constexpr auto kSlowBeat = std::chrono::seconds(1);  // with many ranks
constexpr int kManyRanks = 256;
constexpr std::size_t kErrorBytes = 240;  // of a heartbeat
constexpr int kCopiesOfLast = 3;
constexpr auto kUntilHeard = 3 * kBeat;  // rank 0 looks every beat

struct Beat {
  std::uint64_t job, steps;
  std::int32_t rank, is_last;
  char error[kErrorBytes];  // text, ends with 0
};

/// Written to by SIGTERM, so that the thread wakes at once: the launcher kills soon after. A process-wide signal has no
/// other home; there is one watchdog a process.
int termination_pipe[2] = {-1, -1};
void note_termination(int) { (void)!::write(termination_pipe[1], "t", 1); }

double seconds_since(Time::time_point then) { return std::chrono::duration<double>(Time::now() - then).count(); }

/// First IPv4 address that other hosts may reach, else loopback.
in_addr own_address() {
  in_addr address{};
  address.s_addr = htonl(INADDR_LOOPBACK);
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) == 0) {
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
      const bool up = (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_LOOPBACK) == 0;
      if (up && one->ifa_addr != nullptr && one->ifa_addr->sa_family == AF_INET) {
        address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
        break;
      }
    }
    ::freeifaddrs(all);
  }
  return address;
}

}  // namespace

std::string diagnosis(const std::vector<Heard>& ranks, const std::vector<std::string>& hosts, double timeout_s) {
  std::string silent, failing, behind;
  std::uint64_t most = 0;
  for (const auto& rank : ranks) {
    most = std::max(most, rank.steps);
  }
  for (std::size_t r = 0; r < ranks.size(); ++r) {
    const auto who = fmt::format("rank {} on host {}", r, core::printable(hosts[r]));
    if (ranks[r].silent_s > timeout_s / 2) {
      silent += fmt::format("{}{}: no heartbeat for {:.1f} s (stopped, dead or cut off)", silent.empty() ? "" : "; ",
                            who, ranks[r].silent_s);
    } else if (!ranks[r].error.empty()) {
      failing += fmt::format("{}{}: alive, but its library has met an error: {}", failing.empty() ? "" : "; ", who,
                             core::printable(ranks[r].error));
    } else if (ranks[r].steps < most) {
      behind +=
          fmt::format("{}{}: alive, but {} operations behind", behind.empty() ? "" : "; ", who, most - ranks[r].steps);
    }
  }
  for (const auto& what : {silent, failing, behind}) {
    if (!what.empty()) {
      return "hung: " + what;
    }
  }
  return fmt::format("stalled: all {} ranks are alive in the same operation and nothing moves", ranks.size());
}

class Watchdog::Thread {
 public:
  Thread(const Ranks& ranks, Pulse& pulse, double timeout_s, Witness* witness, OnHang on_hang)
      : pulse_(pulse),
        rank_(ranks.rank()),
        timeout_s_(timeout_s),
        witness_(witness),
        on_hang_(std::move(on_hang)),
        hosts_(ranks.gather_everywhere(host_name())),
        interval_(ranks.size() > kManyRanks ? Time::duration(kSlowBeat) : Time::duration(kBeat)),
        heard_(hosts_.size()) {
    open_socket();
    exchange_addresses(ranks);
    if (::pipe2(termination_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
      throw core::Error("cannot open a pipe for the watchdog; --timeout 0 runs without it");
    }
    struct sigaction note {};
    note.sa_handler = note_termination;
    ::sigaction(SIGTERM, &note, &before_);  // the main thread may hang: the watching one answers
    thread_ = std::thread([this] { watch(); });
  }

  ~Thread() {
    stop_ = true;
    thread_.join();
    ::sigaction(SIGTERM, &before_, nullptr);
    ::close(termination_pipe[0]);
    ::close(termination_pipe[1]);
    ::close(socket_);
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /// On the main thread.
  void fail(const std::string& error) {
    if (rank_ == 0) {
      return report(failed(0, error), "");
    }
    Beat beat{job_, pulse_.steps(), rank_, 1, {}};
    error.copy(beat.error, kErrorBytes - 1);
    for (int copy = 0; copy < kCopiesOfLast; ++copy) {  // packets are lost where there are errors
      send(beat);
    }
    std::this_thread::sleep_for(kUntilHeard);  // what this rank does next ends rank 0 as well
  }

 private:
  struct LastHeard {
    std::uint64_t steps = 0;
    Time::time_point at = Time::now();
    std::string error;
  };

  void open_socket() {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) {
      throw core::Error("cannot open a socket for heartbeats; --timeout 0 runs without them");
    }
    socklen_t length = sizeof own_;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own_), &length);
    own_.sin_addr = own_address();
  }

  /// Ranks 0 and 1 collect. The address of rank 0 also tells this job's beats from others'.
  void exchange_addresses(const Ranks& ranks) {
    const auto packed = static_cast<std::int64_t>(own_.sin_addr.s_addr) << 16 | own_.sin_port;
    for (int collector = 0; collector < std::min(2, ranks.size()); ++collector) {
      const std::int64_t address = ranks.broadcast(packed, collector);
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_addr.s_addr = static_cast<in_addr_t>(address >> 16);
      to.sin_port = static_cast<in_port_t>(address & 0xffff);
      collectors_.push_back(to);
    }
    job_ = static_cast<std::uint64_t>(ranks.broadcast(packed ^ Time::now().time_since_epoch().count()));
  }

  void watch() {
    moved_ = Time::now();
    auto looked = Time::now();
    while (!stop_) {
      pollfd termination{termination_pipe[0], POLLIN, 0};
      const bool terminated = ::poll(&termination, 1, static_cast<int>(kBeat.count())) > 0;
      if (seconds_since(looked) > timeout_s_ / 2) {  // this process was stopped itself: what it knows is stale
        stood_still_s_ = seconds_since(looked);
        moved_ = Time::now();
        std::fill(heard_.begin(), heard_.end(), LastHeard{});
      }
      if (terminated) {
        ended_by_launcher();
      }
      looked = Time::now();
      if (Time::now() - sent_ >= interval_) {
        send_beat();
      }
      receive_beats();
      if (rank_ < 2 && seconds_since(moved_) > timeout_s_) {
        judge();
      }
    }
  }

  void send_beat() {
    sent_ = Time::now();
    Beat beat{job_, pulse_.steps(), rank_, 0, {}};
    if (witness_ != nullptr) {
      witness_->error().copy(beat.error, kErrorBytes - 1);
    }
    send(beat);
  }

  void send(const Beat& beat) const {
    for (const auto& to : collectors_) {
      ::sendto(socket_, &beat, sizeof beat, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
  }

  void receive_beats() {
    Beat beat{};
    while (::recv(socket_, &beat, sizeof beat, 0) == static_cast<ssize_t>(sizeof beat)) {
      const auto rank = static_cast<std::size_t>(beat.rank);
      if (beat.job == job_ && rank < heard_.size()) {
        moved_ = beat.steps != heard_[rank].steps ? Time::now() : moved_;
        heard_[rank] = {beat.steps, Time::now(), std::string(beat.error, ::strnlen(beat.error, kErrorBytes))};
        if (beat.is_last != 0 && rank_ == 0) {
          end(failed(rank, heard_[rank].error));
        }
      }
    }
  }

  [[nodiscard]] std::vector<Heard> state() const {
    std::vector<Heard> ranks;
    for (const auto& last : heard_) {
      ranks.push_back({last.steps, seconds_since(last.at), last.error});
    }
    return ranks;
  }

  /// Rank 0 speaks, and rank 1 when rank 0 is silent.
  void judge() {
    if (rank_ == 0 || seconds_since(heard_[0].at) > timeout_s_ / 2) {
      const auto reason = diagnosis(state(), hosts_, timeout_s_);
      const auto told = witness_ != nullptr ? witness_->testimony(hosts_) : Testimony{};
      report(told.says.empty() ? reason : reason + "; " + told.says, told.evidence);
      if (witness_ != nullptr) {
        witness_->abort();
      }
      ::_exit(static_cast<int>(core::ExitCode::failure));
    }
  }

  /// SIGTERM: the launcher has seen a rank die, or somebody wants the job to end.
  void ended_by_launcher() {
    if (rank_ == 0 && stood_still_s_ > 0 && seconds_since(moved_) < timeout_s_) {  // rank 1 has ended the job
      end(fmt::format("hung: rank 0 on host {}: it stood still for {:.1f} s", core::printable(hosts_[0]),
                      stood_still_s_));
    }
    if (rank_ == 0) {
      receive_beats();
      const auto ranks = state();
      const auto oldest = std::max_element(ranks.begin(), ranks.end(),
                                           [](const Heard& a, const Heard& b) { return a.silent_s < b.silent_s; });
      const auto rank = static_cast<std::size_t>(oldest - ranks.begin());
      const double beat_s = std::chrono::duration<double>(interval_).count();
      end(oldest->silent_s > 2 * beat_s
              ? fmt::format("dead: rank {} on host {}: silent for {:.1f} s when the launcher ended the job", rank,
                            core::printable(hosts_[rank]), oldest->silent_s)
              : "ended by the launcher (SIGTERM) with all ranks alive");
    }
    ::_exit(static_cast<int>(core::ExitCode::failure));
  }

  [[nodiscard]] std::string failed(std::size_t rank, const std::string& error) const {
    return fmt::format("failed: rank {} on host {}: {}", rank, core::printable(hosts_[rank]), core::printable(error));
  }

  /// The first reason is the cause.
  void report(const std::string& reason, const std::string& evidence) {
    if (is_reported_.exchange(true)) {
      return;
    }
    if (rank_ == 0) {
      on_hang_(reason, evidence);  // first: there may be little time
    }
    fmt::print(stderr, "plumbline: {}; this rank {} stood at operation {}\n", reason, rank_, pulse_.steps());
  }

  [[noreturn]] void end(const std::string& reason) {
    report(reason, "");
    ::_exit(static_cast<int>(core::ExitCode::failure));
  }

  Pulse& pulse_;
  int rank_;
  double timeout_s_;
  Witness* witness_;
  OnHang on_hang_;
  std::vector<std::string> hosts_;
  Time::duration interval_;
  std::vector<LastHeard> heard_;
  Time::time_point moved_, sent_;
  double stood_still_s_ = 0;  // this process itself, the last time
  std::vector<sockaddr_in> collectors_;
  sockaddr_in own_{};
  std::uint64_t job_ = 0;
  int socket_ = -1;
  struct sigaction before_ {};
  std::atomic<bool> stop_{false}, is_reported_{false};
  std::thread thread_;
};

Watchdog::Watchdog(const Ranks& ranks, Pulse& pulse, std::int64_t timeout_ns, Witness* witness, OnHang on_hang) {
  if (timeout_ns > 0) {
    thread_ =
        std::make_unique<Thread>(ranks, pulse, static_cast<double>(timeout_ns) * 1e-9, witness, std::move(on_hang));
  }
}

Watchdog::~Watchdog() = default;

void Watchdog::guard(const std::function<void()>& body) const {
  try {
    body();
  } catch (const AgreedError&) {
    throw;
  } catch (const core::UsageError&) {
    throw;
  } catch (const std::exception& error) {
    if (thread_) {
      try {
        thread_->fail(error.what());
      } catch (const std::exception&) {  // a full disk, perhaps, which is what `error` says
      }
    }
    throw;
  }
}

}  // namespace plumb::bench
