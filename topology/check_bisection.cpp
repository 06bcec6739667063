#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "topology/bisection.h"
#include "topology/checks.h"

namespace plumb::topology {
namespace {

constexpr double kEnough = 0.99;  // of what is expected

std::string cut_text(const Bisection& cut) {
  return cut.is_of_pods    ? "between halves of the pods"
         : cut.pod.empty() ? "between halves of the leaves"
                           : fmt::format("between halves of the leaves of pod {}", cut.pod);
}

std::string flow_text(const FabricShape& shape, const Bisection& cut) {
  return fmt::format("{} of {} {}, {} of what the NICs could send", capacity_text(shape, cut.flow_Bps),
                     capacity_text(shape, cut.full_Bps), cut_text(cut), core::format_percent(cut.fraction()));
}

/// The worst of the cuts through pods, or of those through all.
const Bisection* worst(const std::vector<Bisection>& cuts, bool is_of_pods) {
  const Bisection* found = nullptr;
  for (const auto& cut : cuts) {
    if (cut.is_of_pods == is_of_pods && (found == nullptr || cut.fraction() < found->fraction())) {
      found = &cut;
    }
  }
  return found;
}

core::CheckRow fault(std::string_view status, std::string observed, std::string expected) {
  return {"",
          "",
          "bisection",
          std::string(status),
          std::move(observed),
          std::move(expected),
          "look at the switches that lack cables up, and at slow cables between switches"};
}

/// A rule's names and rates mean nothing here: only what part of the NICs' rate its halves can exchange.
bool is_below_rule(const FabricShape& shape, const std::vector<Bisection>& cuts, const Graph& plan,
                   std::vector<core::CheckRow>& rows) {
  const auto planned = bisections(plan, FabricShape(plan));
  bool is_below = false;
  for (const bool is_of_pods : {true, false}) {
    const auto *found = worst(cuts, is_of_pods), *asked = worst(planned, is_of_pods);
    if (found != nullptr && asked != nullptr && found->fraction() < kEnough * asked->fraction()) {
      rows.push_back(fault("fail", flow_text(shape, *found),
                           fmt::format("{} by the rule", core::format_percent(asked->fraction()))));
      is_below = true;
    }
  }
  return is_below;
}

bool is_below_peers(const FabricShape& shape, const std::vector<Bisection>& cuts, std::vector<core::CheckRow>& rows) {
  bool is_below = false;
  for (const auto& cut : cuts) {
    if (cut.flow_Bps < kEnough * cut.expected_Bps) {
      rows.push_back(fault(
          "warn", flow_text(shape, cut),
          fmt::format("{}, were all switches cabled as most of their peers", capacity_text(shape, cut.expected_Bps))));
      is_below = true;
    }
  }
  return is_below;
}

}  // namespace

void check_bisection(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const FabricShape shape(checked.found);
  const auto cuts = bisections(checked.found, shape);
  const bool has_rule = checked.plan != nullptr && checked.plan_is_rule;
  if (has_rule ? is_below_rule(shape, cuts, *checked.plan, rows) : is_below_peers(shape, cuts, rows)) {
    return;
  }
  for (const bool is_of_pods : {true, false}) {
    if (const auto* cut = worst(cuts, is_of_pods)) {
      rows.push_back({"", "", "bisection", "pass", flow_text(shape, *cut), "", ""});
    }
  }
}

}  // namespace plumb::topology
