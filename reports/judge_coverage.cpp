#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <string_view>
#include <tuple>

#include "core/power.h"
#include "core/text.h"
#include "core/units.h"
#include "reports/judge.h"
#include "reports/localise.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kNamed = 20;

/// Measurements of one part: sum of weights, and the noise of the quietest class that touched it.
struct Use {
  double weight = 0;
  double sigma = 1e9;
  std::uint64_t measurements = 0;

  void add(const Use& other) {
    weight += other.weight;
    sigma = std::min(sigma, other.sigma);
    measurements += other.measurements;
  }
};

std::vector<Use> uses_of(const Evidence& evidence, const Fabric& fabric, const PairView& view) {
  const auto& touched = view.paths.touches;
  std::vector<Use> of_stretch(touched.stretches());
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    if (!evidence.is_latency(evidence.pairs[m])) {
      for (const auto stretch : touched.stretches_of(view.paths.of_pair(m))) {
        of_stretch[stretch].add({1, view.expectations.of(m).sigma, 1});
      }
    }
  }
  return touched.by_part<Use>(fabric.parts().size(), [&](PathTouches::Stretch stretch, const Touch& touch) {
    auto use = of_stretch[stretch];
    use.weight *= touch.weight;
    return use;
  });
}

std::vector<core::Coverage> classes_of(const Fabric& fabric, const std::vector<Use>& uses) {
  std::map<std::string, core::Coverage> classes;
  std::map<std::tuple<std::uint64_t, double, double>, std::optional<double>> powers;  // most parts have the same
  std::map<std::string, bool> blind;  // a measured part in which not even the worst would have been seen
  for (std::size_t p = 0; p < uses.size(); ++p) {
    const auto& part = fabric.parts()[p];
    auto& coverage = classes[std::string(part.group)];
    coverage.part_class = part.group;
    ++coverage.parts;
    coverage.measurements += uses[p].measurements;
    if (uses[p].measurements == 0) {
      if (coverage.not_measured.size() < kNamed) {
        coverage.not_measured.emplace_back(part.id);
      }
      continue;
    }
    ++coverage.measured;
    const auto& [weight, sigma, measurements] = uses[p];
    const auto [known, is_new] = powers.try_emplace({measurements, weight, sigma});
    if (is_new) {
      const auto n = static_cast<double>(measurements);
      known->second = core::detectable_factor(n, weight / n, sigma, fabric.parts().size());
    }
    const auto seen = known->second;
    if (seen && !blind[std::string(part.group)]) {
      coverage.smallest_slowdown_99 = std::min(coverage.smallest_slowdown_99.value_or(1), *seen);
    } else {
      blind[std::string(part.group)] = true;
      coverage.smallest_slowdown_99.reset();
      coverage.note = "some parts have too few measurements to blame them";
    }
  }
  std::vector<core::Coverage> sorted;
  for (auto& [kind, coverage] : classes) {
    sorted.push_back(std::move(coverage));
  }
  return sorted;
}

bool has_two_hosts(const Evidence& evidence, const Fabric& fabric) {
  std::string_view first;
  const auto is_second = [&](std::string_view host) {
    first = first.empty() ? host : first;
    return !host.empty() && host != first;
  };
  return std::ranges::any_of(evidence.ranks | std::views::join,
                             [&](const RankPlace& rank) { return is_second(evidence.words[rank.host]); }) ||
         std::ranges::any_of(fabric.parts(), [&](const Part& part) { return is_second(part.host); });
}

bool touches_gpus(const Fabric& fabric) {
  return std::any_of(fabric.parts().begin(), fabric.parts().end(), [](const Part& p) { return p.kind == "gpu"; });
}

}  // namespace

Covered judge_coverage(const Evidence& evidence, const Fabric& fabric, const PairView& view) {
  const bool two_hosts = has_two_hosts(evidence, fabric);
  Covered covered{classes_of(fabric, uses_of(evidence, fabric, view)), {}, true};
  const auto lacking = [&](std::string note) {
    covered.notes.push_back(std::move(note));
    covered.is_enough = false;
  };
  if (evidence.pairs.empty() && evidence.failed_pairs.empty() && evidence.cases.empty()) {
    lacking("nothing was measured: this is what checks say");
  } else if (!two_hosts) {
    lacking("one host: no network was measured, only memory within the host");
  } else if (evidence.pairs.empty()) {
    lacking("no pairs were measured: a slow collective has no address; run plumb-pairs");
  } else if (std::ranges::all_of(view.paths.classes, &PathClass::is_within_host)) {
    lacking("no pair of hosts was measured, only what each host has in itself: run another --schedule, too");
  }
  for (const auto& coverage : covered.classes) {
    if (coverage.measured < coverage.parts && !evidence.pairs.empty()) {
      lacking(fmt::format("{} of {} {} were not measured", coverage.parts - coverage.measured, coverage.parts,
                          core::plural(coverage.part_class)));
    }
    if (!coverage.note.empty() && two_hosts) {
      lacking(fmt::format("{}: {}", core::plural(coverage.part_class), coverage.note));
    }
  }
  if (const auto gpus = fabric.gpus_on_map(); gpus > 0 && !touches_gpus(fabric)) {
    covered.notes.push_back(fmt::format("{} GPUs are on the map and were not measured", gpus));
  }
  const auto& classes = view.expectations.classes();
  const bool has_floor = std::any_of(classes.begin(), classes.end(), [](const auto& e) { return e.floor.has_value(); });
  if (two_hosts && !evidence.pairs.empty() && !has_floor) {
    covered.notes.push_back(
        "absolute rates were not judged: no line rate is known, so a uniformly slow fabric would pass");
  }
  return covered;
}

}  // namespace plumb::reports
