#include "reports/loopbacks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "reports/likelihood.h"

namespace plumb::reports {

Loopbacks::Loopbacks(const Evidence& evidence, const PairView& view) : evidence_(evidence), view_(view) {
  if (std::ranges::none_of(evidence.settings, &PairSetting::is_loopback)) {
    return;  // the usual case, and there are millions of rows
  }
  const auto bytes_of = [&](std::uint32_t m) { return evidence.settings[evidence.pairs[m].setting].bytes; };
  for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    if (pair.src == pair.dst && !evidence.is_latency(pair)) {
      auto& largest = largest_.try_emplace(pair.src, m).first->second;
      largest = bytes_of(m) > bytes_of(largest) ? m : largest;
    }
  }
}

std::uint32_t Loopbacks::shared_end(const std::vector<std::uint64_t>& explained) const {
  std::map<std::uint32_t, std::size_t> ends;
  for (const auto m : explained) {
    ++ends[evidence_.pairs[m].src];
    ++ends[evidence_.pairs[m].dst];
  }
  return std::ranges::max_element(ends, {}, [](const auto& end) { return end.second; })->first;
}

void Loopbacks::add_to(core::Finding& finding, const std::vector<std::uint64_t>& explained) const {
  if (largest_.empty() || explained.empty()) {
    return;
  }
  const auto found = largest_.find(shared_end(explained));
  if (found == largest_.end()) {
    return;
  }
  const auto m = found->second;
  const auto& pair = evidence_.pairs[m];
  const auto& expectation = view_.expectations.of(m);
  finding.evidence.push_back(
      {evidence_.file_of(pair.place), pair.place.line,
       fmt::format("{} with its own host's memory: {}, expected {} ({})", evidence_.endpoints[pair.src],
                   core::format_rate(pair.bw_Bps), core::format_rate(expectation.expected), expectation.name)});
  if (is_slow(view_.ratio[m], expectation.sigma)) {
    finding.advice =
        "it is slow in loopback, too: look behind the NIC (PCIe width and speed, NUMA node, ACS, IOMMU), not at the "
        "cable";
  } else {
    finding.advice +=
        "; in loopback it is as fast as its peers: look before the NIC (its port, the cable, the switch's port), not "
        "behind it";
  }
}

}  // namespace plumb::reports
