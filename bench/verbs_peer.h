// Messages to and from one peer over its queue pairs.
//
// Small messages of host memory are sends into slots that the peer has posted; it tells now and then how many it has
// taken out. Large ones are cut into chunks. Who receives writes an advert of each into the mailbox of who sends
// (where, which key, which number), and only then a chunk leaves: as an RDMA write with immediate to there, or as a
// send for which the receive is posted. So no message ever meets a receiver that is not ready, and no NIC waits.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "bench/verbs_memory.h"
#include "bench/verbs_queue_pairs.h"
#include "bench/verbs_send_queue.h"
#include "bench/verbs_tickets.h"

namespace plumb::bench {

class VerbsPeer {
 public:
  /// Over a NIC, which is number `rail` of those that memory is registered with. `connection` tells this connection's
  /// completions from those of earlier ones. Throws core::Error.
  VerbsPeer(const VerbsDevice& nic, std::size_t rail, ibv_cq* completions, const RdmaSettings& settings,
            VerbsTickets& tickets, const WorkId& connection, bool plants_bad_key);

  /// Most completions that may lie unread.
  static int most_completions(const RdmaSettings& settings);

  [[nodiscard]] VerbsCard card() const;
  /// Called once, with the other end's card. Throws core::Error.
  void connect(const VerbsCard& peer);

  /// How many parts of a message complete apart.
  [[nodiscard]] std::size_t parts(const Slice& slice) const;
  /// Begun by the next advance().
  void add_receive(const Slice& into, Ticket ticket);
  void add_send(const Slice& from, Ticket ticket);
  /// Does what was added, and what the peer has made possible meanwhile. False: nothing waits for it. Throws
  /// core::Error.
  bool advance();
  /// Throws core::Error on a message of another size than expected.
  void on_completion(const WorkId& id, const ibv_wc& completion);

  /// Receives that have been added and have not arrived.
  [[nodiscard]] bool is_receiving() const { return !incoming_.empty() || !small_receives_.empty(); }

  /// Throws core::Error when the NIC has had a chunk for so long that it had to report it as sent or failed.
  void require_answer();

  [[nodiscard]] std::uint32_t control_number() const { return pairs_.control()->qp_num; }

 private:
  static constexpr std::size_t kMostDepth = 256;
  static constexpr std::size_t kSlots = 128;        // for small messages
  static constexpr std::size_t kTellAfter = 96;     // taken: seldom, as the other end's acknowledgement takes room
  static constexpr std::size_t kSmallBytes = 1024;  // largest small message
  static constexpr std::size_t kChunkBytes = 1 << 20;
  static constexpr std::size_t kLongBytes = 64 << 10;  // each reported: a word now and then, on slow links too
  static constexpr int kControlDepth = 256;

  /// Where the next chunk may go.
  struct Advert {
    std::uint64_t address = 0;
    std::uint32_t key = 0, bytes = 0;
    std::uint64_t unused = 0;
    std::uint64_t number = 0;  // last, as bytes are written in order; counts from 1
  };
  /// What the peer writes to, and what this end writes from.
  struct Mailbox {
    std::array<Advert, kMostDepth> adverts, own_adverts;
    alignas(64) std::uint64_t taken, own_taken;  // small messages, since the start
  };
  /// A piece of memory that a message, or a chunk of one, comes into or leaves from.
  struct Piece {
    VerbsMemory* memory = nullptr;
    std::size_t offset = 0, bytes = 0;
    Ticket ticket = 0;
    bool has_arrived = false;
    [[nodiscard]] ibv_sge place(std::size_t rail) const;
  };
  struct Arrival {
    std::size_t slot = 0, bytes = 0;
  };

  [[nodiscard]] Mailbox& mailbox() { return *reinterpret_cast<Mailbox*>(memory_.bytes().data()); }
  [[nodiscard]] std::byte* slot(std::size_t index) {
    return memory_.bytes().data() + sizeof(Mailbox) + index * kSmallBytes;
  }
  [[nodiscard]] std::uint32_t lane_of(std::uint64_t number) const;
  static bool is_small(const Slice& slice);
  void cut(const Slice& slice, Ticket ticket, std::deque<Piece>& pieces) const;
  void post_slot(std::size_t index);
  void post_receive(const Piece& piece, std::uint64_t number);
  void write_to_mailbox(const void* own, std::size_t bytes, std::size_t offset);
  [[nodiscard]] std::size_t worth_advertising() const;
  void write_adverts(std::uint64_t first, std::uint64_t last);
  void advertise();
  void send_chunks();
  void send_small();
  void match_small();
  void tell_taken();
  void chunk_arrived(std::uint64_t number, std::size_t bytes);

  std::size_t rail_;
  const RdmaSettings& settings_;
  VerbsTickets& tickets_;
  WorkId id_;
  bool plants_bad_key_;
  std::size_t chunk_bytes_;
  VerbsMemory memory_;  // mailbox and slots; outlives the queue pairs
  VerbsQueuePairs pairs_;
  VerbsSendQueue control_;
  std::vector<VerbsSendQueue> data_;
  VerbsCard peer_;

  std::deque<Piece> incoming_, outgoing_;                  // chunks
  std::uint64_t first_incoming_ = 1, first_outgoing_ = 1;  // numbers
  std::size_t advertised_ = 0;                             // of incoming_
  std::deque<Piece> small_receives_, small_sends_;
  std::deque<Arrival> arrivals_;  // small messages that came before their receive
  std::uint64_t small_sent_ = 0, small_taken_ = 0, taken_told_ = 0;
};

}  // namespace plumb::bench
