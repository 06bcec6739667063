// The queue pairs that join this rank to one peer: one for control, some for data. They know nothing of messages.
#pragma once

#include <infiniband/verbs.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/rdma_settings.h"
#include "bench/verbs_device.h"

namespace plumb::bench {

inline constexpr int kMostQueuePairs = 32;  // for data

/// What a peer must know to reach this end; sent as it is, between equal programs on equal machines.
struct VerbsCard {
  std::uint32_t is_global = 0, lid = 0;
  std::array<std::uint8_t, 16> gid{};
  std::uint32_t gid_type = 0;
  std::uint32_t mtu = 0;           // bytes
  std::uint32_t inline_bytes = 0;  // most that a control message carries without memory of its own
  std::uint32_t chunk_bytes = 0;   // most of one message
  std::uint32_t queue_pairs = 0;
  std::array<std::uint32_t, 1 + kMostQueuePairs> numbers{};  // control first
  std::uint64_t mailbox = 0;
  std::uint32_t mailbox_key = 0;
  std::uint32_t depth = 0;
  std::uint32_t gpu_memory = 0;  // 1: messages leave from a GPU's memory and arrive there
};

/// How many work requests each queue holds.
struct QueueDepths {
  int control_sends = 0, control_receives = 0, data = 0;
};

/// Times that a packet is sent again. NICs may wait up to four times as long as they are told.
inline constexpr int kRetries = 6;
/// The code of the shortest time to wait, 4.096 us * 2^code, that is not below `wanted_ns`; and how long that is.
std::uint8_t timeout_code(double wanted_ns);
double timeout_ns(std::uint8_t code);
/// Within which a NIC reports a packet as acknowledged or failed, when told to send it again after `wanted_ns`.
double longest_answer_ns(double wanted_ns);

class VerbsQueuePairs {
 public:
  /// Ready to receive once connect() is through. Throws core::Error.
  VerbsQueuePairs(const VerbsDevice& device, ibv_cq* completions, const RdmaSettings& settings,
                  const QueueDepths& depths);

  /// Fills what concerns the queue pairs.
  void describe(VerbsCard& card) const;
  /// Both ends' cards agree, so that both ends choose alike. Throws core::Error.
  void connect(const VerbsCard& peer);

  /// What may be the matter where nothing is reported: what packets these queue pairs send, what the port carries now.
  [[nodiscard]] std::string mtu_words(const VerbsCard& peer) const;

  [[nodiscard]] ibv_qp* control() const { return all_.front().get(); }
  [[nodiscard]] ibv_qp* data(int lane) const { return all_[1 + static_cast<std::size_t>(lane)].get(); }
  [[nodiscard]] int lanes() const { return static_cast<int>(all_.size()) - 1; }
  [[nodiscard]] std::uint32_t inline_bytes() const { return inline_bytes_; }

 private:
  using QueuePair = std::unique_ptr<ibv_qp, int (*)(ibv_qp*)>;
  QueuePair create(ibv_cq* completions, int sends, int receives);
  void initialise(ibv_qp* pair) const;
  void make_ready(ibv_qp* pair, const VerbsCard& peer, std::size_t which) const;
  [[nodiscard]] ibv_ah_attr way_to(const VerbsCard& peer, std::size_t which) const;

  const VerbsDevice& device_;
  const RdmaSettings& settings_;
  std::uint32_t inline_bytes_ = 0;
  std::vector<QueuePair> all_;
};

}  // namespace plumb::bench
