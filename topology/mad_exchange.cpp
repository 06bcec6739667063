#include "topology/mad_exchange.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <unordered_map>

namespace plumb::topology {
namespace {

using Clock = std::chrono::steady_clock;

class Exchange {
 public:
  Exchange(MadTransport& transport, std::span<const MadRequest> requests, const ExchangeLimits& limits)
      : transport_(transport),
        requests_(requests),
        limits_(limits),
        tries_(requests.size()),
        waiting_(requests.size()) {
    std::iota(waiting_.begin(), waiting_.end(), std::size_t{0});
  }

  std::vector<std::size_t> run(const std::function<void(std::size_t, const MadData&)>& on_answer) {
    while (!(waiting_.empty() && under_way_.empty()) && Clock::now() < limits_.deadline) {
      send_more();
      const auto wait = std::chrono::milliseconds(under_way_.empty() ? 1 : 50);
      if (const auto reply = transport_.receive(wait)) {
        settle(*reply, on_answer);
      }
      expire();
    }
    for (const auto& [id, index] : under_way_) {
      lost_.push_back(index);
    }
    lost_.insert(lost_.end(), waiting_.begin(), waiting_.end());
    std::ranges::sort(lost_);
    return lost_;
  }

 private:
  void send_more() {
    while (!waiting_.empty() && under_way_.size() < limits_.outstanding) {
      const auto index = waiting_.front();
      const auto id = ++last_id_;
      if (!transport_.send(id, requests_[index])) {
        return;  // its queue is full: receive first
      }
      waiting_.pop_front();
      under_way_.emplace(id, index);
      sent_.emplace_back(id, Clock::now());
    }
  }

  /// An answer that comes after its request was given up, or twice, is nobody's.
  void settle(const MadReply& reply, const std::function<void(std::size_t, const MadData&)>& on_answer) {
    const auto found = under_way_.find(reply.id);
    if (found == under_way_.end()) {
      return;
    }
    const auto index = found->second;
    under_way_.erase(found);
    if (reply.is_answer) {
      on_answer(index, reply.data);
    } else {
      ask_again(index);
    }
  }

  void ask_again(std::size_t index) {
    if (++tries_[index] < limits_.tries) {
      waiting_.push_back(index);
    } else {
      lost_.push_back(index);
    }
  }

  void expire() {
    while (!sent_.empty() && Clock::now() - sent_.front().second > limits_.answer_time) {
      if (const auto found = under_way_.find(sent_.front().first); found != under_way_.end()) {
        const auto index = found->second;
        under_way_.erase(found);
        ask_again(index);
      }
      sent_.pop_front();
    }
  }

  MadTransport& transport_;
  std::span<const MadRequest> requests_;
  const ExchangeLimits& limits_;
  std::vector<int> tries_;
  std::deque<std::size_t> waiting_;
  std::vector<std::size_t> lost_;
  std::unordered_map<std::uint32_t, std::size_t> under_way_;
  std::deque<std::pair<std::uint32_t, Clock::time_point>> sent_;
  std::uint32_t last_id_ = 0;
};

}  // namespace

std::vector<std::size_t> exchange(MadTransport& transport, std::span<const MadRequest> requests,
                                  const ExchangeLimits& limits,
                                  const std::function<void(std::size_t index, const MadData&)>& on_answer) {
  return Exchange(transport, requests, limits).run(on_answer);
}

}  // namespace plumb::topology
