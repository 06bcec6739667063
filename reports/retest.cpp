#include "reports/retest.h"

#include <algorithm>

#include "reports/fabric.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kPartners = 3;    // rounds that each suspect gets
constexpr std::size_t kPairsKept = 64;  // of slow pairs that no endpoint explains

}  // namespace

RetestPlan::RetestPlan(const std::vector<std::string>& endpoints) : endpoints_(endpoints) {
  for (std::uint32_t e = 0; e < endpoints.size(); ++e) {
    hosts_.push_back(host_in(endpoints[e]));
    of_host_[hosts_.back()].push_back(e);
  }
}

void RetestPlan::suspect(std::uint32_t src, std::uint32_t dst) {
  if (src != dst) {
    slow_.insert(std::minmax(src, dst));
  }
}

void RetestPlan::pair(std::uint32_t src, std::uint32_t dst) {
  if (src != dst) {
    lone_.insert({src, dst});
  }
}

void RetestPlan::host(std::string_view host) {
  if (const auto found = of_host_.find(host); !host.empty() && found != of_host_.end()) {
    blamed_.insert(found->second.begin(), found->second.end());
  }
}

/// Disjoint pairs share a round: each gets the first in which both its ends are free.
class Rounds {
 public:
  explicit Rounds(const std::vector<std::string>& endpoints) : endpoints_(endpoints), busy_(endpoints.size()) {}

  void add(std::uint32_t a, std::uint32_t b) {
    std::size_t round = 0;
    while (is_busy(a, round) || is_busy(b, round)) {
      ++round;
    }
    for (const auto end : {a, b}) {
      busy_[end].resize(std::max(busy_[end].size(), round + 1));
      busy_[end][round] = true;
    }
    const auto number = static_cast<core::Integer>(round);
    rows_.push_back({number, endpoints_[a], endpoints_[b]});
    rows_.push_back({number, endpoints_[b], endpoints_[a]});
  }

  std::vector<core::RetestRow> take() {
    std::ranges::stable_sort(rows_, {}, &core::RetestRow::round);
    return std::move(rows_);
  }

 private:
  [[nodiscard]] bool is_busy(std::uint32_t end, std::size_t round) const {
    return round < busy_[end].size() && busy_[end][round];
  }

  const std::vector<std::string>& endpoints_;
  std::vector<std::vector<bool>> busy_;  // by endpoint and round
  std::vector<core::RetestRow> rows_;
};

std::vector<core::RetestRow> RetestPlan::rounds() const {
  Rounds rounds(endpoints_);
  std::size_t next = 0;
  for (const auto suspect : blamed_) {
    std::size_t partners = 0;
    for (std::size_t tried = 0; tried < endpoints_.size() && partners < kPartners; ++tried) {
      const auto partner = static_cast<std::uint32_t>(next++ % endpoints_.size());
      if (!blamed_.contains(partner) && hosts_[partner] != hosts_[suspect]) {
        rounds.add(suspect, partner);
        ++partners;
      }
    }
  }
  std::size_t kept = 0;
  for (const auto& pairs : {slow_, lone_}) {
    for (const auto& [a, b] : pairs) {
      if (!blamed_.contains(a) && !blamed_.contains(b) && kept++ < kPairsKept) {
        rounds.add(a, b);
      }
    }
  }
  return rounds.take();
}

}  // namespace plumb::reports
