// Slow parts of tonight that are as slow as all on which the same has changed: the change explains them.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "reports/history_findings.h"
#include "reports/history_shifts.h"

namespace plumb::reports {
namespace {

constexpr double kAsSlow = 0.97;         // of what the change explains: slower than that is the part's own
constexpr double kLeastPosterior = 0.1;  // of a suspect that counts

class Explainer {
 public:
  explicit Explainer(const HistoryContext& context) : context_(context), past_(context.past.runs) {
    for (std::uint32_t i = 0; i < context.tonight.parts.size(); ++i) {
      const auto& part = context.tonight.parts[i];
      for (const auto* name : {&part.component, &part.host, &part.leaf}) {
        parts_[*name].push_back(i);
      }
      for (const auto& other : part.also) {
        parts_[other].push_back(i);
      }
    }
  }

  [[nodiscard]] bool explains(const CommonShift& shift, const core::Finding& finding) const {
    using enum core::FindingKind;
    constexpr auto kSlow = std::to_array({slow_link, slow_nic, slow_gpu, slow_host, slow_switch});
    if (std::ranges::find(kSlow, finding.kind) == kSlow.end() || finding.suspects.empty() ||
        finding.slowdown.value_or(0) < shift.factor * kAsSlow) {
      return false;
    }
    return std::ranges::all_of(finding.suspects, [&](const core::SuspectedPart& suspect) {
      return suspect.posterior < kLeastPosterior || explains(shift, suspect.component);
    });
  }

 private:
  [[nodiscard]] bool explains(const CommonShift& shift, const std::string& component) const {
    const auto found = parts_.find(component);
    if (found == parts_.end()) {
      return false;
    }
    const auto& parts = found->second;
    const auto with = std::ranges::count_if(parts, [&](std::uint32_t part) { return has(part, shift.changes); });
    return 2 * static_cast<std::size_t>(with) > parts.size() && was_healthy(shift, parts) && is_as_peers(shift, parts);
  }

  [[nodiscard]] bool has(std::uint32_t part, const std::vector<Change>& changes) const {
    const auto& own = past_.changes[past_.parts[part].changed];
    return std::ranges::all_of(changes, [&](const Change& change) { return std::ranges::count(own, change) > 0; });
  }

  /// Before the change it was no slow part.
  [[nodiscard]] bool was_healthy(const CommonShift& shift, const std::vector<std::uint32_t>& parts) const {
    std::vector<float> usual;
    for (const auto part : parts) {
      usual.push_back(context_.past.usual_ratio[question(shift)][part]);
    }
    return median_of(usual) >= kAsSlow;
  }

  /// Against those on which the same changed it lost nothing.
  [[nodiscard]] bool is_as_peers(const CommonShift& shift, const std::vector<std::uint32_t>& parts) const {
    const auto& levels = past_.series[question(shift)].levels;
    std::vector<float> lost;
    for (const auto part : parts) {
      std::vector<float> before;
      for (std::size_t run = 0; run + 1 < past_.runs; ++run) {
        before.push_back(levels[run][part]);
      }
      lost.push_back(levels.back()[part] - median_of(before));
    }
    return median_of(lost) >= static_cast<float>(std::log(kAsSlow));
  }

  [[nodiscard]] std::size_t question(const CommonShift& shift) const {
    const auto& questions = context_.tonight.questions;
    return static_cast<std::size_t>(std::ranges::find(questions, shift.question) - questions.begin());
  }

  const HistoryContext& context_;
  const PastRuns& past_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> parts_;
};

}  // namespace

Explained take_explained(const std::vector<CommonShift>& shifts, const std::vector<PartShift>& own,
                         const HistoryContext& context, core::Verdict& verdict) {
  Explained explained;
  std::vector<const CommonShift*> of_some;
  for (const auto& shift : shifts) {
    if (shift.others_factor) {
      of_some.push_back(&shift);
    }
  }
  if (of_some.empty()) {
    return explained;
  }
  const Explainer explainer(context);
  const auto own_names = names_of(own, context);
  std::erase_if(verdict.findings, [&](const core::Finding& finding) {
    if (std::ranges::any_of(finding.suspects,
                            [&](const auto& suspect) { return own_names.contains(suspect.component); })) {
      return false;
    }
    const auto shift = std::ranges::find_if(of_some, [&](const auto* s) { return explainer.explains(*s, finding); });
    if (shift == of_some.end()) {
      return false;
    }
    explained[(*shift)->changes].push_back(finding.suspects.front().component);
    return true;
  });
  return explained;
}

}  // namespace plumb::reports
