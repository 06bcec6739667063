#include "bench/verbs_send_queue.h"

#include <fmt/format.h>
#include <mpi.h>

#include <system_error>

#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr std::uint64_t kSignalEvery = 16;  // so that the queue never fills with requests that nobody hears of

}  // namespace

VerbsSendQueue::VerbsSendQueue(ibv_qp* pair, int depth, const WorkId& id)
    : pair_(pair), id_(id), tickets_(static_cast<std::size_t>(depth)) {
  batch_.reserve(tickets_.size());
  memory_.reserve(tickets_.size());
}

void VerbsSendQueue::add(ibv_send_wr request, const ibv_sge& memory, std::optional<Ticket> ticket) {
  tickets_[added_ % tickets_.size()] = ticket;
  id_.number = static_cast<std::uint32_t>(added_++);
  request.wr_id = id_.packed();
  if (added_ % kSignalEvery == 0) {
    request.send_flags |= IBV_SEND_SIGNALED;
  }
  memory_.push_back(memory);
  batch_.push_back(request);
}

/// The last request that somebody waits for is signalled, and so tells of all before it.
void VerbsSendQueue::flush() {
  if (batch_.empty()) {
    return;
  }
  bool is_last_awaited = true;
  for (std::size_t i = batch_.size(); i-- > 0;) {
    batch_[i].sg_list = &memory_[i];
    batch_[i].num_sge = memory_[i].length > 0 ? 1 : 0;
    batch_[i].next = i + 1 < batch_.size() ? &batch_[i + 1] : nullptr;
    if (is_last_awaited && tickets_[(added_ - batch_.size() + i) % tickets_.size()]) {
      batch_[i].send_flags |= IBV_SEND_SIGNALED;
      is_last_awaited = false;
    }
  }
  ibv_send_wr* refused = nullptr;
  const int code = ibv_post_send(pair_, batch_.data(), &refused);
  batch_.clear();
  memory_.clear();
  if (code != 0) {
    throw core::Error(
        fmt::format("queue pair {:#x} takes no more sends: {}", pair_->qp_num, std::generic_category().message(code)));
  }
}

double VerbsSendQueue::silent_s() {
  const double now_s = MPI_Wtime();
  if (completed_ == added_ || completed_ != seen_completed_) {
    seen_completed_ = completed_;
    seen_s_ = now_s;
  }
  return now_s - seen_s_;
}

void VerbsSendQueue::complete(const WorkId& id, VerbsTickets& tickets) {
  const auto last = id.number_from(completed_);
  for (; completed_ <= last; ++completed_) {
    if (auto& ticket = tickets_[completed_ % tickets_.size()]) {
      tickets.part_done(*ticket);
      ticket.reset();
    }
  }
}

}  // namespace plumb::bench
