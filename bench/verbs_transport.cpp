#include "bench/verbs_transport.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "bench/rank_gpu.h"
#include "bench/rank_map.h"
#include "bench/ranks.h"
#include "bench/verbs_gpu_registration.h"
#include "bench/verbs_link.h"
#include "bench/verbs_notices.h"
#include "bench/verbs_rails.h"
#include "bench/verbs_words.h"
#include "core/error.h"
#include "core/text.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

constexpr unsigned kPayloadAccess = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_RELAXED_ORDERING;
constexpr int kSpins = 200;           // polls in vain before the processor is offered to others
constexpr int kYieldsToANotice = 64;  // then a look at what other ranks have to tell

/// What both ends say before they connect.
struct Hello {
  std::uint32_t is_up = 0, nics = 0;
};

class VerbsTransport final : public Transport {
 public:
  VerbsTransport(MPI_Comm parent, const BackendSettings& settings)
      : settings_(settings.rdma),
        ranks_(parent),
        rows_(map_ranks(ranks_)),
        notices_(parent),
        rails_(settings_, place_on_host(settings), VerbsPeer::most_completions(settings_)),
        links_(rows_.size()) {
    if (settings_.gpu_memory) {
      gpu_ = std::make_unique<RankGpu>(place_on_host(settings));
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
    return fmt::format("{}; {}; up to {} retries after {}", verbs_component().version, rails_.words(), kRetries,
                       core::format_ns(timeout_ns(timeout_code(settings_.resend_ns))));
  }

  [[nodiscard]] std::vector<std::string> nics() const override { return rails_.names(); }
  [[nodiscard]] std::size_t rails() const override { return static_cast<std::size_t>(settings_.nics_per_rank); }
  /// Queue pairs that are connected to themselves: through the NIC, and no farther.
  [[nodiscard]] std::string why_no_loopback() const override { return {}; }

  std::unique_ptr<Region> allocate(std::size_t bytes) override {
    return std::make_unique<VerbsMemory>(rails_.devices(), bytes, kPayloadAccess);  // none: connect() is what fails
  }
  std::unique_ptr<Region> allocate_payload(std::size_t bytes) override {
    return gpu_ && rails_.are_open() ? verbs_memory_of(gpu_->allocate(bytes), bytes, rails_.devices(), kPayloadAccess)
                                     : allocate(bytes);
  }
  [[nodiscard]] const Memory& payload_memory() const override {
    return gpu_ && rails_.are_open() ? gpu_->memory() : host_memory();
  }

  /// Both ends learn whether the other still has the connection, whether it could make its part of a new one, and
  /// whether it could take this one's: so both have it or neither.
  void connect(int peer) override {
    auto& link = link_to(peer);
    const Hello mine{link.is_up() ? 1U : 0U, static_cast<std::uint32_t>(rails())};
    Hello theirs;
    notices_.swap(peer, &mine, &theirs, sizeof(mine));
    if (mine.is_up == 1 && theirs.is_up == 1) {
      return;
    }
    link.begin();
    agree(peer, [&] { open(peer, link, theirs); });
    for (std::size_t i = 0; i < rails(); ++i) {
      auto& rail = *link.rails()[i];
      VerbsCard card = rail.card(), other;
      notices_.swap(peer, &card, &other, sizeof(card));
      agree(peer, [&] { rail.connect(other); });
    }
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
    start(peer, into, tickets, &VerbsLink::add_receive);
  }
  void start_sends(int peer, std::span<const Slice> from, std::span<Ticket> tickets) override {
    start(peer, from, tickets, &VerbsLink::add_send);
  }

  void complete(std::span<const Ticket> tickets) override {
    complete(tickets, [] {});
  }
  void complete_by_rail(std::span<const Ticket> receives, const RailArrived& arrived) override {
    VerbsRailWatch watch(link_to(tickets_.peer_of(receives.front())), arrived);
    complete(receives, [&] { watch.look(); });
    watch.look();
  }

 private:
  [[nodiscard]] std::size_t own() const { return static_cast<std::size_t>(ranks_.rank()); }
  [[nodiscard]] int place_on_host(const BackendSettings& settings) const {
    return settings.place >= 0 ? settings.place : static_cast<int>(rows_[own()].local_rank);
  }
  VerbsLink& link_to(int peer) { return links_[static_cast<std::size_t>(peer)]; }

  /// `look` is called after all that moved.
  template <class Look>
  void complete(std::span<const Ticket> tickets, Look&& look) {
    for (int vain = 0; !all_done(tickets); ++vain) {
      if (progress()) {
        vain = 0;
        look();
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

  [[nodiscard]] std::string rank_words(int rank) const {
    return fmt::format("rank {} (host {})", rank, core::printable(rows_[static_cast<std::size_t>(rank)].host));
  }

  void open(int peer, VerbsLink& link, const Hello& theirs) {
    if (!rails_.are_open()) {
      throw core::Error(rails_.why_closed());
    }
    if (theirs.nics != rails()) {
      throw core::Error(
          fmt::format("{} NICs a rank here, {} at the peer; give both the same --nics-per-rank", rails(), theirs.nics));
    }
    rails_.make_room_for(1 + static_cast<int>(std::ranges::count_if(links_, &VerbsLink::is_up)));
    link.open(rails_, settings_, tickets_, static_cast<std::uint32_t>(peer), settings_.plant_bad_key == ranks_.rank());
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
      link_to(peer).break_off("");
      throw core::Error(reason.empty() ? fmt::format("{} says: {}", rank_words(peer), other) : reason);
    }
  }

  /// All are added before any is posted, so that they are posted together.
  void start(int peer, std::span<const Slice> slices, std::span<Ticket> tickets,
             void (VerbsLink::*add)(const Slice&, Ticket)) {
    auto& link = link_to(peer);
    if (!link.is_up()) {
      throw core::Error(link.why_down().empty() ? fmt::format("not connected to rank {}", peer) : link.why_down());
    }
    for (std::size_t i = 0; i < slices.size(); ++i) {
      tickets[i] = tickets_.open(peer, link.parts(slices[i]));
      (link.*add)(slices[i], tickets[i]);
    }
    if (advance(peer)) {
      is_waiting_.push_back(peer);
    }
  }

  /// Does `step` on each rail to the peer until one fails, which breaks all.
  template <class Step>
  void on_rails(int peer, Step&& step) {
    const auto& peers = link_to(peer).rails();
    for (std::size_t rail = 0; rail < peers.size(); ++rail) {
      try {
        step(*peers[rail]);
      } catch (const core::Error& error) {
        fail(peer, rail, error.what());
      }
    }
  }
  bool advance(int peer) {
    bool waits = false;
    on_rails(peer, [&](VerbsPeer& rail) { waits = rail.advance() || waits; });
    return waits && link_to(peer).is_up();
  }

  [[nodiscard]] bool all_done(std::span<const Ticket> tickets) {
    for (const auto ticket : tickets) {
      if (!tickets_.is_done(ticket)) {
        if (const auto& link = link_to(tickets_.peer_of(ticket)); !link.is_up()) {
          close(tickets);
          throw core::Error(link.why_down());
        }
        return false;
      }
    }
    return true;
  }
  void require_answers(std::span<const Ticket> tickets) {
    for (const auto ticket : tickets) {
      on_rails(tickets_.peer_of(ticket), [](VerbsPeer& rail) { rail.require_answer(); });
    }
  }

  void close(std::span<const Ticket> tickets) {
    for (const auto ticket : tickets) {
      tickets_.close(ticket);
    }
  }

  bool progress() {
    bool has_moved = false;
    for (std::size_t rail = 0; rail < rails_.devices().size(); ++rail) {
      for (const auto& completion : rails_.completions(rail).poll()) {
        has_moved = true;
        take(rail, completion);
      }
    }
    std::ranges::sort(is_waiting_);
    is_waiting_.erase(std::ranges::unique(is_waiting_).begin(), is_waiting_.end());
    std::erase_if(is_waiting_, [&](int peer) { return !advance(peer); });
    return has_moved;
  }

  void take(std::size_t rail, const ibv_wc& completion) {
    const auto id = WorkId::of(completion.wr_id);
    const int peer = static_cast<int>(id.peer);
    auto& link = link_to(peer);
    if (!link.has(id)) {
      return;  // of a connection that is no more
    }
    try {
      if (completion.status != IBV_WC_SUCCESS) {
        throw core::Error(failure_words(completion, peer));
      }
      link.rails()[rail]->on_completion(id, completion);
    } catch (const core::Error& error) {
      fail(peer, rail, error.what());
    }
  }

  /// A flushed queue pair tells no cause; the end that has one tells it soon.
  std::string failure_words(const ibv_wc& completion, int peer) {
    constexpr double kPatience_s = 2;
    const double end = MPI_Wtime() + kPatience_s;
    while (completion.status == IBV_WC_WR_FLUSH_ERR && MPI_Wtime() < end && link_to(peer).is_up()) {
      read_notices();
      sched_yield();
    }
    return fmt::format("queue pair {:#x}: {}", completion.qp_num, completion_words(completion.status));
  }

  /// Breaks the connection and tells the other end.
  void fail(int peer, std::size_t rail, const std::string& why) {
    auto& link = link_to(peer);
    if (link.is_up()) {
      const auto& nic = *rails_.devices()[rail];
      link.break_off(fmt::format("{} port {}, to {}: {}", nic.name(), nic.port(), rank_words(peer), why));
      notices_.tell({peer, link.connections(), link.why_down()});
    }
  }

  void read_notices() {
    for (const auto& notice : notices_.arrived()) {
      auto& link = link_to(notice.peer);
      if (link.is_up() && link.connections() == notice.connection) {
        link.break_off(fmt::format("{} says: {}", rank_words(notice.peer), notice.text));
      }
    }
  }

  RdmaSettings settings_;
  Ranks ranks_;
  std::vector<core::RankRow> rows_;
  VerbsNotices notices_;
  VerbsRails rails_;
  std::unique_ptr<RankGpu> gpu_;  // null: messages lie in this host's memory
  VerbsTickets tickets_;
  std::vector<VerbsLink> links_;
  std::vector<int> is_waiting_;  // peers
};

}  // namespace

std::unique_ptr<Transport> make_verbs_transport(MPI_Comm parent, const BackendSettings& settings) {
  return std::make_unique<VerbsTransport>(parent, settings);
}

}  // namespace plumb::bench
