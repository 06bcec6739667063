#include "bench/verbs_transport.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "bench/rank_map.h"
#include "bench/ranks.h"
#include "bench/verbs_completions.h"
#include "bench/verbs_gpu.h"
#include "bench/verbs_notices.h"
#include "bench/verbs_peer.h"
#include "bench/verbs_words.h"
#include "core/error.h"
#include "core/text.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

constexpr unsigned kPayloadAccess = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_RELAXED_ORDERING;
constexpr int kSpins = 200;           // polls in vain before the processor is offered to others
constexpr int kYieldsToANotice = 64;  // then a look at what other ranks have to tell

/// This rank's device by its place on the host.
std::string device_of(const RdmaSettings& settings, const core::RankRow& row) {
  const auto devices = settings.nics.empty() ? active_verbs_devices() : settings.nics;
  if (devices.empty()) {
    throw core::Error("no RDMA device has an active port");
  }
  return devices[static_cast<std::size_t>(row.local_rank) % devices.size()];
}

/// Where there is no device, connect() is what fails, as the other end takes part in that.
class IdleMemory final : public Region {
 public:
  explicit IdleMemory(std::size_t bytes) : memory_(bytes) {}
  std::span<std::byte> bytes() override { return memory_; }

 private:
  std::vector<std::byte> memory_;
};

/// What this rank knows of one peer.
struct Link {
  std::uint32_t connections = 0;    // made so far
  std::unique_ptr<VerbsPeer> peer;  // null: none, or broken
  std::string failed;               // why it is broken
};

class VerbsTransport final : public Transport {
 public:
  VerbsTransport(MPI_Comm parent, const RdmaSettings& settings)
      : settings_(settings), ranks_(parent), rows_(map_ranks(ranks_)), notices_(parent), links_(rows_.size()) {
    if (settings_.gpu_memory) {
      gpu_ = std::make_unique<VerbsGpu>(static_cast<int>(rows_[own()].local_rank));
    }
    try {
      device_ = std::make_unique<VerbsDevice>(device_of(settings, rows_[own()]), settings_);
      completions_ = std::make_unique<VerbsCompletions>(*device_, VerbsPeer::most_completions(settings_));
    } catch (const core::Error& error) {
      no_device_ = error.what();
    }
  }

  /// What was sent last may still be on its way when it counts as done here.
  ~VerbsTransport() override {
    if (std::uncaught_exceptions() == 0) {
      ranks_.barrier();
    }
  }
  VerbsTransport(const VerbsTransport&) = delete;
  VerbsTransport& operator=(const VerbsTransport&) = delete;

  [[nodiscard]] std::string name() const override { return "verbs"; }
  [[nodiscard]] std::string version() const override {
    return fmt::format("{}; {}; up to {} retries after {}", verbs_component().version,
                       device_ ? device_->words() : no_device_, kRetries,
                       core::format_ns(timeout_ns(timeout_code(settings_.resend_ns))));
  }

  [[nodiscard]] std::string nic() const override { return device_ ? device_->name() : ""; }
  /// Queue pairs that are connected to themselves: through the NIC, and no farther.
  [[nodiscard]] std::string why_no_loopback() const override { return {}; }

  std::unique_ptr<Region> allocate(std::size_t bytes) override {
    if (!device_) {
      return std::make_unique<IdleMemory>(bytes);
    }
    return std::make_unique<VerbsMemory>(*device_, bytes, kPayloadAccess);
  }
  std::unique_ptr<Region> allocate_payload(std::size_t bytes) override {
    return gpu_ && device_ ? gpu_->allocate(*device_, bytes, kPayloadAccess) : allocate(bytes);
  }
  [[nodiscard]] const Memory& payload_memory() const override {
    return gpu_ && device_ ? gpu_->memory() : host_memory();
  }

  /// Both ends learn whether the other still has the connection, whether it could make its part of a new one, and
  /// whether it could take this one's: so both have it or neither.
  void connect(int peer) override {
    auto& link = link_to(peer);
    const std::uint32_t mine = link.peer ? 1 : 0;
    std::uint32_t theirs = 0;
    notices_.swap(peer, &mine, &theirs, sizeof(mine));
    if (mine == 1 && theirs == 1) {
      return;
    }
    link.peer.reset();
    link.failed.clear();
    ++link.connections;
    agree(peer, [&] { open(peer, link); });
    VerbsCard card = link.peer->card(), other;
    notices_.swap(peer, &card, &other, sizeof(card));
    agree(peer, [&] { link.peer->connect(other); });
  }

  Ticket start_receive(int peer, const Slice& into) override {
    Ticket ticket = 0;
    start_receives(peer, {&into, 1}, {&ticket, 1});
    return ticket;
  }
  Ticket start_send(int peer, const Slice& from) override {
    Ticket ticket = 0;
    start_sends(peer, {&from, 1}, {&ticket, 1});
    return ticket;
  }
  void start_receives(int peer, std::span<const Slice> into, std::span<Ticket> tickets) override {
    start(peer, into, tickets, [](VerbsPeer& to, const Slice& slice, Ticket ticket) { to.add_receive(slice, ticket); });
  }
  void start_sends(int peer, std::span<const Slice> from, std::span<Ticket> tickets) override {
    start(peer, from, tickets, [](VerbsPeer& to, const Slice& slice, Ticket ticket) { to.add_send(slice, ticket); });
  }

  void complete(std::span<const Ticket> tickets) override {
    for (int vain = 0; !all_done(tickets); ++vain) {
      if (progress()) {
        vain = 0;
      } else if (vain >= kSpins) {
        sched_yield();
        if (vain % kYieldsToANotice == 0) {
          read_notices();
          require_answers(tickets);
        }
      }
    }
    close(tickets);
  }

 private:
  [[nodiscard]] std::size_t own() const { return static_cast<std::size_t>(ranks_.rank()); }
  Link& link_to(int peer) { return links_[static_cast<std::size_t>(peer)]; }
  [[nodiscard]] std::string rank_words(int rank) const {
    return fmt::format("rank {} (host {})", rank, core::printable(rows_[static_cast<std::size_t>(rank)].host));
  }

  void open(int peer, Link& link) {
    if (!device_) {
      throw core::Error(no_device_);
    }
    completions_->make_room_for(
        1 + static_cast<int>(std::ranges::count_if(links_, [](const Link& one) { return one.peer != nullptr; })));
    const WorkId id{.connection = link.connections, .peer = static_cast<std::uint32_t>(peer)};
    link.peer = std::make_unique<VerbsPeer>(*device_, completions_->queue(), settings_, tickets_, id,
                                            settings_.plant_bad_key == ranks_.rank());
  }

  /// Does `step`; both ends call. When it fails at one, both throw its reason.
  template <class Step>
  void agree(int peer, Step&& step) {
    std::string reason;
    try {
      step();
    } catch (const core::Error& error) {
      reason = error.what();
    }
    const auto other = notices_.swap(peer, reason);
    if (!reason.empty() || !other.empty()) {
      link_to(peer).peer.reset();
      throw core::Error(reason.empty() ? fmt::format("{} says: {}", rank_words(peer), other) : reason);
    }
  }

  /// All are added before any is posted, so that they are posted together.
  template <class Add>
  void start(int peer, std::span<const Slice> slices, std::span<Ticket> tickets, Add&& add) {
    auto& link = link_to(peer);
    if (!link.peer) {
      throw core::Error(link.failed.empty() ? fmt::format("not connected to rank {}", peer) : link.failed);
    }
    for (std::size_t i = 0; i < slices.size(); ++i) {
      tickets[i] = tickets_.open(peer, link.peer->parts(slices[i]));
      add(*link.peer, slices[i], tickets[i]);
    }
    try {
      if (link.peer->advance()) {
        is_waiting_.push_back(peer);
      }
    } catch (const core::Error& error) {
      fail(peer, error.what());
    }
  }

  [[nodiscard]] bool all_done(std::span<const Ticket> tickets) {
    for (const auto ticket : tickets) {
      if (!tickets_.is_done(ticket)) {
        if (const auto& link = link_to(tickets_.peer_of(ticket)); !link.peer) {
          close(tickets);
          throw core::Error(link.failed);
        }
        return false;
      }
    }
    return true;
  }
  void require_answers(std::span<const Ticket> tickets) {
    for (const auto ticket : tickets) {
      const int peer = tickets_.peer_of(ticket);
      try {
        if (const auto& link = link_to(peer); link.peer) {
          link.peer->require_answer();
        }
      } catch (const core::Error& error) {
        fail(peer, error.what());
      }
    }
  }

  void close(std::span<const Ticket> tickets) {
    for (const auto ticket : tickets) {
      tickets_.close(ticket);
    }
  }

  bool progress() {
    const auto done = completions_->poll();
    for (const auto& completion : done) {
      take(completion);
    }
    std::ranges::sort(is_waiting_);
    is_waiting_.erase(std::ranges::unique(is_waiting_).begin(), is_waiting_.end());
    std::erase_if(is_waiting_, [&](int peer) {
      try {
        return !link_to(peer).peer || !link_to(peer).peer->advance();
      } catch (const core::Error& error) {
        fail(peer, error.what());
        return true;
      }
    });
    return !done.empty();
  }

  void take(const ibv_wc& completion) {
    const auto id = WorkId::of(completion.wr_id);
    const int peer = static_cast<int>(id.peer);
    auto& link = link_to(peer);
    if (!link.peer || (link.connections & 0xfffU) != id.connection) {
      return;  // of a connection that is no more
    }
    try {
      if (completion.status != IBV_WC_SUCCESS) {
        throw core::Error(failure_words(completion, peer));
      }
      link.peer->on_completion(id, completion);
    } catch (const core::Error& error) {
      fail(peer, error.what());
    }
  }

  /// A flushed queue pair tells no cause; the end that has one tells it soon.
  std::string failure_words(const ibv_wc& completion, int peer) {
    constexpr double kPatience_s = 2;
    const double end = MPI_Wtime() + kPatience_s;
    while (completion.status == IBV_WC_WR_FLUSH_ERR && MPI_Wtime() < end && link_to(peer).peer) {
      read_notices();
      sched_yield();
    }
    return fmt::format("queue pair {:#x}: {}", completion.qp_num, completion_words(completion.status));
  }

  /// Breaks the connection and tells the other end.
  void fail(int peer, const std::string& why) {
    auto& link = link_to(peer);
    if (link.peer) {
      link.failed = fmt::format("{} port {}, to {}: {}", device_->name(), device_->port(), rank_words(peer), why);
      link.peer.reset();
      notices_.tell({peer, link.connections, link.failed});
    }
  }

  void read_notices() {
    while (const auto notice = notices_.next()) {
      auto& link = link_to(notice->peer);
      if (link.peer && link.connections == notice->connection) {
        link.peer.reset();
        link.failed = fmt::format("{} says: {}", rank_words(notice->peer), notice->text);
      }
    }
  }

  RdmaSettings settings_;
  Ranks ranks_;
  std::vector<core::RankRow> rows_;
  VerbsNotices notices_;
  std::string no_device_;
  std::unique_ptr<VerbsDevice> device_;
  std::unique_ptr<VerbsCompletions> completions_;
  std::unique_ptr<VerbsGpu> gpu_;  // null: messages lie in this host's memory
  VerbsTickets tickets_;
  std::vector<Link> links_;
  std::vector<int> is_waiting_;  // peers
};

}  // namespace

std::unique_ptr<Transport> make_verbs_transport(MPI_Comm parent, const BackendSettings& settings) {
  return std::make_unique<VerbsTransport>(parent, settings.rdma);
}

}  // namespace plumb::bench
