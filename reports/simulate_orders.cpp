#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "core/error.h"
#include "reports/simulate.h"

namespace plumb::reports {
namespace {

constexpr std::array<std::string_view, 16> kNames{
    "slow_leaf",  "slow_host",       "ecmp_cable",          "slow_nic",          "slow_cable",     "one_way_cable",
    "mild",       "slow_gpu",        "half_pcie",           "downtrained_cable", "flapping_cable", "slow_fabric",
    "regression", "missing_uplinks", "missing_core_cables", "crossed_cable"};

FaultOrder share(FaultKind kind, double percent) { return {kind, percent, true, {}, true}; }

/// 1 % of the parts at an end: single slow parts of 7 % and more, slow hosts.
std::vector<FaultOrder> easy() {
  return {share(FaultKind::slow_host, 0.2),  share(FaultKind::slow_nic, 0.25),     share(FaultKind::slow_gpu, 0.2),
          share(FaultKind::slow_cable, 0.2), share(FaultKind::one_way_cable, 0.2), share(FaultKind::mild, 0.15)};
}

/// 3 % of the parts at an end, all kinds.
std::vector<FaultOrder> hard() {
  return {share(FaultKind::slow_leaf, 1),        share(FaultKind::slow_host, 0.3),
          share(FaultKind::ecmp_cable, 0.2),     share(FaultKind::slow_nic, 0.35),
          share(FaultKind::slow_cable, 0.3),     share(FaultKind::one_way_cable, 0.35),
          share(FaultKind::mild, 0.3),           share(FaultKind::slow_gpu, 0.35),
          share(FaultKind::half_pcie, 0.35),     share(FaultKind::downtrained_cable, 0.35),
          share(FaultKind::flapping_cable, 0.35)};
}

constexpr Weather kEasyWeather{};
constexpr Weather kHardWeather{.noise = 0.03, .disturbed = 0.004, .missing = 0.05, .failed = 0.01, .generations = 2};

bool add_preset(const std::string& word, FaultPlan& plan) {
  const bool is_easy = word == "easy" || word == "easy-healthy", is_hard = word == "hard" || word == "hard-healthy";
  if (is_easy || is_hard) {
    plan.weather = is_easy ? kEasyWeather : kHardWeather;
  }
  if (word == "easy" || word == "hard") {
    const auto orders = is_easy ? easy() : hard();
    plan.orders.insert(plan.orders.end(), orders.begin(), orders.end());
  }
  return is_easy || is_hard || word == "none";
}

double number(const std::string& word, const std::string& text, double most) {
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !(value > 0) || value > most) {
    throw core::UsageError(fmt::format("--faults: '{}' of {} is no number above 0 and up to {}", text, word, most));
  }
  return value;
}

/// What stands behind `mark`; taken off `text`.
std::string take_behind(char mark, std::string& text) {
  const auto at = text.find(mark);
  auto behind = at == std::string::npos ? "" : text.substr(at + 1);
  text.resize(std::min(at, text.size()));
  return behind;
}

FaultKind kind_of_word(const std::string& word, const std::string& kind) {
  const auto* const found = std::ranges::find(kNames, kind);
  if (found == kNames.end()) {
    throw core::UsageError(
        fmt::format("--faults: '{}' is none of easy hard easy-healthy hard-healthy none, nor KIND, "
                    "KIND:COUNT or KIND:PERCENT%, each with @FACTOR; the kinds are {}",
                    word, fmt::join(kNames, " ")));
  }
  return static_cast<FaultKind>(found - kNames.begin());
}

FaultOrder order_of(const std::string& word) {
  constexpr double kMostFaults = 1e7, kMostPercent = 100;
  std::string kind = word;
  const auto factor = take_behind('@', kind);
  auto amount = take_behind(':', kind);
  FaultOrder order;
  order.kind = kind_of_word(word, kind);
  if (!factor.empty()) {
    order.factor = number(word, factor, 1);
  }
  if (order.is_percent = amount.ends_with('%'); order.is_percent) {
    amount.pop_back();
  }
  if (!amount.empty()) {
    order.amount = number(word, amount, order.is_percent ? kMostPercent : kMostFaults);
  }
  return order;
}

}  // namespace

std::string_view name_of(FaultKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

bool needs_load(FaultKind kind) {
  return kind == FaultKind::missing_uplinks || kind == FaultKind::missing_core_cables ||
         kind == FaultKind::crossed_cable;
}

FaultPlan parse_faults(const std::string& text) {
  FaultPlan plan;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    if (!add_preset(word, plan)) {
      plan.orders.push_back(order_of(word));
    }
  }
  std::ranges::stable_sort(plan.orders, {}, &FaultOrder::kind);  // large parts first: small ones leave them no room
  return plan;
}

}  // namespace plumb::reports
