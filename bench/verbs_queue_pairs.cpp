#include "bench/verbs_queue_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "bench/verbs_words.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr std::uint32_t kInlineWanted = 220;  // what common NICs take at no cost in queue length
constexpr std::uint32_t kFirstPacket = 0;     // of its 24-bit numbers
constexpr std::uint8_t kHops = 64;

std::string because(int code) { return std::generic_category().message(code); }

void require(int code, const VerbsDevice& device, const char* what) {
  if (code != 0) {
    throw core::Error(fmt::format("{} port {}: {}: {}", device.name(), device.port(), what, because(code)));
  }
}

}  // namespace

double timeout_ns(std::uint8_t code) {
  constexpr double kUnitNs = 4096;
  return kUnitNs * static_cast<double>(1U << code);
}

std::uint8_t timeout_code(double wanted_ns) {
  constexpr std::uint8_t kLongest = 31;  // 0 would mean for ever
  std::uint8_t code = 1;
  while (code < kLongest && timeout_ns(code) < wanted_ns) {
    ++code;
  }
  return code;
}

double longest_answer_ns(double wanted_ns) {
  constexpr double kSlack = 4;
  return kSlack * (kRetries + 1) * timeout_ns(timeout_code(wanted_ns));
}

VerbsQueuePairs::VerbsQueuePairs(const VerbsDevice& device, ibv_cq* completions, const RdmaSettings& settings,
                                 const QueueDepths& depths)
    : device_(device), settings_(settings) {
  all_.push_back(create(completions, depths.control_sends, depths.control_receives));
  for (int lane = 0; lane < settings.queue_pairs; ++lane) {
    all_.push_back(create(completions, depths.data, depths.data));
  }
  for (const auto& pair : all_) {
    initialise(pair.get());
  }
}

/// Inline room as far as the device gives it, since asking for too much is an error on some.
VerbsQueuePairs::QueuePair VerbsQueuePairs::create(ibv_cq* completions, int sends, int receives) {
  const bool is_control = all_.empty();
  for (std::uint32_t room = is_control ? kInlineWanted : 0;; room /= 2) {
    ibv_qp_init_attr wanted{};
    wanted.send_cq = wanted.recv_cq = completions;
    wanted.qp_type = IBV_QPT_RC;
    wanted.cap = {.max_send_wr = static_cast<std::uint32_t>(sends),
                  .max_recv_wr = static_cast<std::uint32_t>(receives),
                  .max_send_sge = 1,
                  .max_recv_sge = 1,
                  .max_inline_data = room};
    if (QueuePair pair(ibv_create_qp(device_.domain(), &wanted), ibv_destroy_qp); pair) {
      inline_bytes_ = is_control ? std::min(wanted.cap.max_inline_data, kInlineWanted) : inline_bytes_;
      return pair;
    }
    if (room == 0) {
      require(errno, device_, "no queue pair");
    }
  }
}

void VerbsQueuePairs::initialise(ibv_qp* pair) const {
  ibv_qp_attr attributes{};
  attributes.qp_state = IBV_QPS_INIT;
  attributes.port_num = device_.port();
  attributes.qp_access_flags = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE;
  require(ibv_modify_qp(pair, &attributes, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS),
          device_, "a queue pair cannot be initialised");
}

void VerbsQueuePairs::describe(VerbsCard& card) const {
  const auto& port = device_.attributes();
  card.is_global = device_.is_global() ? 1 : 0;
  card.lid = port.lid;
  std::memcpy(card.gid.data(), device_.gid().gid.raw, card.gid.size());
  card.gid_type = device_.gid().gid_type;
  const int active = mtu_bytes(port.active_mtu);
  card.mtu = static_cast<std::uint32_t>(settings_.mtu > 0 ? std::min(settings_.mtu, active) : active);
  card.inline_bytes = inline_bytes_;
  card.queue_pairs = static_cast<std::uint32_t>(lanes());
  std::ranges::transform(all_, card.numbers.begin(), [](const auto& pair) { return pair->qp_num; });
}

ibv_ah_attr VerbsQueuePairs::way_to(const VerbsCard& peer, std::size_t which) const {
  ibv_ah_attr way{};
  way.port_num = device_.port();
  way.sl = static_cast<std::uint8_t>(settings_.service_level);
  way.dlid = static_cast<std::uint16_t>(peer.lid);
  if (device_.is_global()) {
    constexpr std::uint32_t kLabelMask = 0xfffff;
    way.is_global = 1;
    std::memcpy(way.grh.dgid.raw, peer.gid.data(), peer.gid.size());
    way.grh.sgid_index = static_cast<std::uint8_t>(device_.gid().gid_index);
    way.grh.hop_limit = kHops;
    way.grh.traffic_class = static_cast<std::uint8_t>(settings_.traffic_class);
    const auto label = static_cast<std::uint32_t>(settings_.flow_label);
    way.grh.flow_label = label == 0 ? 0 : (label + static_cast<std::uint32_t>(which)) & kLabelMask;
  }
  return way;
}

void VerbsQueuePairs::make_ready(ibv_qp* pair, const VerbsCard& peer, std::size_t which) const {
  VerbsCard own;
  describe(own);
  ibv_qp_attr attributes{};
  attributes.qp_state = IBV_QPS_RTR;
  attributes.path_mtu = mtu_code(static_cast<int>(std::min(own.mtu, peer.mtu)));
  attributes.dest_qp_num = peer.numbers.at(which);
  attributes.rq_psn = kFirstPacket;
  attributes.max_dest_rd_atomic = 1;
  attributes.min_rnr_timer = 12;  // 0.64 ms
  attributes.ah_attr = way_to(peer, which);
  require(ibv_modify_qp(pair, &attributes,
                        IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN | IBV_QP_RQ_PSN |
                            IBV_QP_MAX_DEST_RD_ATOMIC | IBV_QP_MIN_RNR_TIMER),
          device_, "no way to the peer (its address does not suit this port)");
  attributes = {};
  attributes.qp_state = IBV_QPS_RTS;
  attributes.timeout = timeout_code(settings_.resend_ns);
  attributes.retry_cnt = kRetries;
  attributes.rnr_retry = kRetries;  // 7 would mean for ever
  attributes.sq_psn = kFirstPacket;
  attributes.max_rd_atomic = 1;
  require(ibv_modify_qp(pair, &attributes,
                        IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY | IBV_QP_SQ_PSN |
                            IBV_QP_MAX_QP_RD_ATOMIC),
          device_, "a queue pair cannot send");
}

std::string VerbsQueuePairs::mtu_words(const VerbsCard& peer) const {
  VerbsCard own;
  describe(own);
  const auto used = std::min(own.mtu, peer.mtu);
  ibv_port_attr now{};
  if (ibv_query_port(device_.context(), device_.port(), &now) == 0 &&
      static_cast<std::uint32_t>(mtu_bytes(now.active_mtu)) < used) {
    return fmt::format("its packets have {} bytes, and the port's MTU has shrunk to {} since this program opened it",
                       used, mtu_bytes(now.active_mtu));
  }
  return fmt::format(
      "its driver or the port hangs, or its packets of {} bytes, which the port carries, are more than the "
      "MTU of a switch on the way",
      used);
}

void VerbsQueuePairs::connect(const VerbsCard& peer) {
  if ((peer.is_global != 0) != device_.is_global() ||
      (device_.is_global() && peer.gid_type != device_.gid().gid_type)) {
    throw core::Error(
        fmt::format("{}: the peer is reached in another way ({}); give both ends the same link layer and "
                    "--gid-index",
                    device_.words(), peer.is_global != 0 ? gid_type_words(peer.gid_type) : "LID"));
  }
  if (static_cast<int>(peer.queue_pairs) != lanes()) {
    throw core::Error(
        fmt::format("{} queue pairs here, {} at the peer; give both the same --qps", lanes(), peer.queue_pairs));
  }
  for (std::size_t which = 0; which < all_.size(); ++which) {
    make_ready(all_[which].get(), peer, which);
  }
}

}  // namespace plumb::bench
