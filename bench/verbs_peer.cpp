#include "bench/verbs_peer.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "core/error.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

std::uint64_t written_by_peer(std::uint64_t& word) { return std::atomic_ref(word).load(std::memory_order_acquire); }

void post(ibv_qp* pair, const WorkId& id, ibv_sge* memory) {
  ibv_recv_wr request{};
  request.wr_id = id.packed();
  request.sg_list = memory;
  request.num_sge = memory == nullptr ? 0 : 1;
  ibv_recv_wr* refused = nullptr;
  if (const int code = ibv_post_recv(pair, &request, &refused); code != 0) {
    throw core::Error(fmt::format("queue pair {:#x} takes no more receives: {}", pair->qp_num,
                                  std::generic_category().message(code)));
  }
}

WorkId with(WorkId id, WorkId::Kind kind, std::uint32_t lane = 0, std::uint64_t number = 0) {
  id.kind = kind;
  id.lane = lane;
  id.number = static_cast<std::uint32_t>(number);
  return id;
}

}  // namespace

ibv_sge VerbsPeer::Piece::place(std::size_t rail) const {
  return {.addr = memory == nullptr ? 0 : memory->address() + offset,
          .length = static_cast<std::uint32_t>(bytes),
          .lkey = memory == nullptr ? 0 : memory->local_key(rail)};
}

VerbsPeer::VerbsPeer(const VerbsDevice& nic, std::size_t rail, ibv_cq* completions, const RdmaSettings& settings,
                     VerbsTickets& tickets, const WorkId& connection, bool plants_bad_key)
    : rail_(rail),
      settings_(settings),
      tickets_(tickets),
      id_(connection),
      plants_bad_key_(plants_bad_key),
      chunk_bytes_(std::min<std::size_t>(kChunkBytes, nic.attributes().max_msg_sz)),
      memory_(std::array{&nic}, sizeof(Mailbox) + kSlots * kSmallBytes,
              IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE),
      pairs_(nic, completions, settings,
             {.control_sends = kControlDepth, .control_receives = kSlots, .data = settings.depth}),
      control_(pairs_.control(), kControlDepth, with(connection, WorkId::Kind::control_send)) {
  for (int lane = 0; lane < pairs_.lanes(); ++lane) {
    data_.emplace_back(pairs_.data(lane), settings.depth,
                       with(connection, WorkId::Kind::data_send, static_cast<std::uint32_t>(lane)));
  }
  for (std::size_t i = 0; i < kSlots; ++i) {
    post_slot(i);
  }
}

int VerbsPeer::most_completions(const RdmaSettings& settings) {
  return kControlDepth + static_cast<int>(kSlots) + settings.depth * (1 + settings.queue_pairs);
}

VerbsCard VerbsPeer::card() const {
  VerbsCard card;
  pairs_.describe(card);
  card.chunk_bytes = static_cast<std::uint32_t>(chunk_bytes_);
  card.mailbox = memory_.address();
  card.mailbox_key = memory_.remote_key(0);
  card.depth = static_cast<std::uint32_t>(settings_.depth);
  card.gpu_memory = settings_.gpu_memory ? 1 : 0;
  return card;
}

void VerbsPeer::connect(const VerbsCard& peer) {
  if (peer.depth != static_cast<std::uint32_t>(settings_.depth)) {
    throw core::Error(fmt::format("--depth {} here, {} at the peer; give both the same", settings_.depth, peer.depth));
  }
  if ((peer.gpu_memory != 0) != settings_.gpu_memory) {
    throw core::Error("--gpu-memory at one end only; give both the same");
  }
  peer_ = peer;
  chunk_bytes_ = std::min<std::size_t>(chunk_bytes_, peer.chunk_bytes);
  pairs_.connect(peer);
}

/// Copied by the processor, which cannot reach a GPU's memory. Both ends have the same kind, or the sizes would clash.
bool VerbsPeer::is_small(const Slice& slice) {
  return slice.bytes <= kSmallBytes && !static_cast<VerbsMemory*>(slice.region)->is_on_gpu();
}

std::size_t VerbsPeer::parts(const Slice& slice) const {
  return is_small(slice) ? 1 : (slice.bytes + chunk_bytes_ - 1) / chunk_bytes_;
}

void VerbsPeer::cut(const Slice& slice, Ticket ticket, std::deque<Piece>& pieces) const {
  auto* const memory = static_cast<VerbsMemory*>(slice.region);
  for (std::size_t done = 0; done < slice.bytes; done += chunk_bytes_) {
    pieces.push_back({memory, slice.offset + done, std::min(chunk_bytes_, slice.bytes - done), ticket});
  }
}

void VerbsPeer::add_receive(const Slice& into, Ticket ticket) {
  if (is_small(into)) {
    small_receives_.push_back({static_cast<VerbsMemory*>(into.region), into.offset, into.bytes, ticket});
  } else {
    cut(into, ticket, incoming_);
  }
}

void VerbsPeer::add_send(const Slice& from, Ticket ticket) {
  if (is_small(from)) {
    small_sends_.push_back({static_cast<VerbsMemory*>(from.region), from.offset, from.bytes, ticket});
  } else {
    cut(from, ticket, outgoing_);
  }
}

bool VerbsPeer::advance() {
  match_small();
  advertise();
  send_chunks();
  send_small();
  return advertised_ < incoming_.size() || !outgoing_.empty() || !small_sends_.empty();
}

std::uint32_t VerbsPeer::lane_of(std::uint64_t number) const {
  return static_cast<std::uint32_t>(number % data_.size());
}

/// Drivers exist that try for ever, and tell nobody, to send packets that do not fit their port any more.
void VerbsPeer::require_answer() {
  constexpr double kLeast_s = 10;  // emulated NICs need some to give up
  const double patience_s = std::max(kLeast_s, longest_answer_ns(settings_.resend_ns) * 1e-9);
  for (auto& queue : data_) {
    if (queue.silent_s() > patience_s) {
      throw core::Error(fmt::format("the NIC says neither sent nor failed of a message for {}: {}",
                                    core::format_ns(patience_s * 1e9), pairs_.mtu_words(peer_)));
    }
  }
}

void VerbsPeer::post_slot(std::size_t index) {
  ibv_sge place{
      .addr = reinterpret_cast<std::uint64_t>(slot(index)), .length = kSmallBytes, .lkey = memory_.local_key(0)};
  post(pairs_.control(), with(id_, WorkId::Kind::control_receive, 0, index), &place);
}

void VerbsPeer::post_receive(const Piece& piece, std::uint64_t number) {
  const auto lane = lane_of(number);
  auto place = piece.place(rail_);
  post(pairs_.data(static_cast<int>(lane)), with(id_, WorkId::Kind::data_receive, lane, number),
       settings_.write ? nullptr : &place);
}

/// Writes what lies at `own` in this end's mailbox to `offset` in the peer's.
void VerbsPeer::write_to_mailbox(const void* own, std::size_t bytes, std::size_t offset) {
  ibv_send_wr request{};
  request.opcode = IBV_WR_RDMA_WRITE;
  request.send_flags = bytes <= pairs_.inline_bytes() ? IBV_SEND_INLINE : 0;
  request.wr.rdma.remote_addr = peer_.mailbox + offset;
  request.wr.rdma.rkey = peer_.mailbox_key;
  control_.add(request,
               {.addr = reinterpret_cast<std::uint64_t>(own),
                .length = static_cast<std::uint32_t>(bytes),
                .lkey = memory_.local_key(0)},
               std::nullopt);
}

/// A quarter of the depth at once, or all that is left: one packet for many chunks, while the peer still has some.
std::size_t VerbsPeer::worth_advertising() const {
  const auto possible = std::min<std::size_t>(incoming_.size(), peer_.depth) - advertised_;
  const bool is_rest = advertised_ + possible == incoming_.size();
  return is_rest || possible >= std::max<std::size_t>(1, peer_.depth / 4) ? possible : 0;
}

void VerbsPeer::advertise() {
  constexpr std::uint32_t kPlanted = 0x5a5a5a;
  constexpr std::size_t kMostAdvertWrites = 2;
  const auto first = first_incoming_ + advertised_;
  for (auto left = control_.has_room(kMostAdvertWrites) ? worth_advertising() : 0; left > 0; --left, ++advertised_) {
    const auto& piece = incoming_[advertised_];
    const auto number = first_incoming_ + advertised_;
    post_receive(piece, number);
    mailbox().own_adverts[number % kMostDepth] = {
        .address = piece.place(rail_).addr,
        .key = piece.memory->remote_key(rail_) ^ (plants_bad_key_ ? kPlanted : 0),
        .bytes = static_cast<std::uint32_t>(piece.bytes),
        .number = number};
  }
  write_adverts(first, first_incoming_ + advertised_);
}

/// [first, last): in one write, or two where they go over the end of the ring.
void VerbsPeer::write_adverts(std::uint64_t first, std::uint64_t last) {
  while (first < last) {
    const auto at = first % kMostDepth;
    const auto count = std::min<std::size_t>(last - first, kMostDepth - at);
    write_to_mailbox(&mailbox().own_adverts[at], count * sizeof(Advert),
                     offsetof(Mailbox, adverts) + at * sizeof(Advert));
    first += count;
  }
  control_.flush();
}

void VerbsPeer::send_chunks() {
  for (; !outgoing_.empty(); outgoing_.pop_front(), ++first_outgoing_) {
    const auto& piece = outgoing_.front();
    auto& advert = mailbox().adverts[first_outgoing_ % kMostDepth];
    auto& queue = data_[lane_of(first_outgoing_)];
    if (written_by_peer(advert.number) != first_outgoing_ || !queue.has_room()) {
      break;
    }
    if (advert.bytes != piece.bytes) {
      throw core::Error(fmt::format("a message of {} bytes meets a receive of {}", piece.bytes, advert.bytes));
    }
    ibv_send_wr request{};
    request.opcode = settings_.write ? IBV_WR_RDMA_WRITE_WITH_IMM : IBV_WR_SEND;
    request.send_flags = piece.bytes >= kLongBytes ? IBV_SEND_SIGNALED : 0;
    request.imm_data = htonl(static_cast<std::uint32_t>(first_outgoing_));
    request.wr.rdma.remote_addr = advert.address;
    request.wr.rdma.rkey = advert.key;
    queue.add(request, piece.place(rail_), piece.ticket);
  }
  for (auto& queue : data_) {
    queue.flush();
  }
}

void VerbsPeer::send_small() {
  for (; !small_sends_.empty() && control_.has_room(); small_sends_.pop_front()) {
    if (small_sent_ - written_by_peer(mailbox().taken) >= kSlots) {
      break;
    }
    const auto& piece = small_sends_.front();
    const bool is_inline = piece.bytes <= pairs_.inline_bytes();
    ibv_send_wr request{};
    request.opcode = IBV_WR_SEND;
    request.send_flags = is_inline ? IBV_SEND_INLINE : 0;
    control_.add(request, piece.place(rail_), is_inline ? std::nullopt : std::optional(piece.ticket));
    ++small_sent_;
    if (is_inline) {
      tickets_.part_done(piece.ticket);  // its memory is free as soon as it is posted
    }
  }
  control_.flush();
}

void VerbsPeer::match_small() {
  while (!arrivals_.empty() && !small_receives_.empty()) {
    const auto arrival = arrivals_.front();
    const auto& piece = small_receives_.front();
    if (arrival.bytes != piece.bytes) {
      throw core::Error(fmt::format("a message of {} bytes meets a receive of {}", arrival.bytes, piece.bytes));
    }
    if (arrival.bytes > 0) {
      std::memcpy(piece.memory->bytes().data() + piece.offset, slot(arrival.slot), arrival.bytes);
    }
    post_slot(arrival.slot);
    tickets_.part_done(piece.ticket);
    arrivals_.pop_front();
    small_receives_.pop_front();
    ++small_taken_;
  }
  tell_taken();
}

void VerbsPeer::tell_taken() {
  if (small_taken_ - taken_told_ >= kTellAfter && control_.has_room()) {
    mailbox().own_taken = taken_told_ = small_taken_;
    write_to_mailbox(&mailbox().own_taken, sizeof(std::uint64_t), offsetof(Mailbox, taken));
    control_.flush();
  }
}

void VerbsPeer::chunk_arrived(std::uint64_t number, std::size_t bytes) {
  auto& piece = incoming_.at(number - first_incoming_);
  if (bytes != piece.bytes) {
    throw core::Error(fmt::format("{} of a chunk's {} bytes arrived", bytes, piece.bytes));
  }
  piece.has_arrived = true;
  tickets_.part_done(piece.ticket);
  for (; !incoming_.empty() && incoming_.front().has_arrived; incoming_.pop_front(), --advertised_) {
    ++first_incoming_;
  }
}

void VerbsPeer::on_completion(const WorkId& id, const ibv_wc& completion) {
  switch (id.kind) {
    case WorkId::Kind::control_send:
      control_.complete(id, tickets_);
      tell_taken();
      break;
    case WorkId::Kind::data_send:
      data_.at(id.lane).complete(id, tickets_);
      break;
    case WorkId::Kind::data_receive:
      chunk_arrived(id.number_from(first_incoming_), completion.byte_len);
      break;
    case WorkId::Kind::control_receive:
      arrivals_.push_back({id.number, completion.byte_len});
      match_small();
      break;
  }
}

}  // namespace plumb::bench
