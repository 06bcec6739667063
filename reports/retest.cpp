#include "reports/retest.h"

#include <algorithm>

#include "reports/fabric.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kPartners = 3;    // rounds that each suspect gets
constexpr std::size_t kPairsKept = 64;  // of slow pairs that no endpoint explains

}  // namespace

void RetestPlan::suspect(std::uint32_t src, std::uint32_t dst) { slow_.insert(std::minmax(src, dst)); }

void RetestPlan::host(const std::string& host) {
  for (std::uint32_t e = 0; !host.empty() && e < endpoints_.size(); ++e) {
    if (host_of(endpoints_[e]) == host) {
      blamed_.insert(e);
    }
  }
}

std::vector<core::RetestRow> RetestPlan::rounds() const {
  std::vector<std::set<std::uint32_t>> busy;
  std::vector<core::RetestRow> rows;
  const auto add = [&](std::uint32_t a, std::uint32_t b) {
    std::size_t round = 0;
    while (round < busy.size() && (busy[round].contains(a) || busy[round].contains(b))) {
      ++round;
    }
    busy.resize(std::max(busy.size(), round + 1));
    busy[round].insert({a, b});
    const auto number = static_cast<core::Integer>(round);
    rows.push_back({number, endpoints_[a], endpoints_[b]});
    rows.push_back({number, endpoints_[b], endpoints_[a]});
  };
  std::size_t next = 0;
  for (const auto suspect : blamed_) {
    std::size_t partners = 0;
    for (std::size_t tried = 0; tried < endpoints_.size() && partners < kPartners; ++tried) {
      const auto partner = static_cast<std::uint32_t>(next++ % endpoints_.size());
      if (!blamed_.contains(partner) && host_of(endpoints_[partner]) != host_of(endpoints_[suspect])) {
        add(suspect, partner);
        ++partners;
      }
    }
  }
  std::size_t kept = 0;
  for (const auto& pairs : {slow_, lone_}) {
    for (const auto& [a, b] : pairs) {
      if (!blamed_.contains(a) && !blamed_.contains(b) && kept++ < kPairsKept) {
        add(a, b);
      }
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& x, const auto& y) { return x.round < y.round; });
  return rows;
}

}  // namespace plumb::reports
