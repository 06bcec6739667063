#include "reports/page_history.h"

#include <algorithm>
#include <cmath>

#include "reports/history_life.h"

namespace plumb::reports {
namespace {

using core::Json;

constexpr std::size_t kRuns = 30, kLives = 40, kSuspects = 8, kCompared = 200, kOffenders = 20;
constexpr std::int64_t kOften = 2;  // runs that flag a repeat offender

bool is_blamed(const core::Finding& finding) {
  return finding.severity != core::Severity::info && finding.kind != core::FindingKind::config;
}

std::vector<RunRecord> runs_up_to(const HistoryStore& store, const RunSummary& tonight) {
  auto runs = store.runs();
  std::erase_if(runs, [&](const RunRecord& run) {
    return std::tie(run.start_utc, run.name) > std::tie(tonight.start_utc, tonight.name);
  });
  if (runs.size() > kRuns) {
    runs.erase(runs.begin(), runs.end() - kRuns);
  }
  return runs;
}

Json runs_json(const HistoryStore& store, const std::vector<RunRecord>& runs) {
  Json all = Json::array();
  std::map<std::string, std::string> before;
  for (const auto& run : runs) {
    auto facts = store.facts(run.id);
    all.push_back({{"id", run.id},
                   {"start_utc", run.start_utc},
                   {"name", run.name},
                   {"verdict", run.verdict},
                   {"changed", all.empty() ? "" : changes_text(before, facts)}});
    before = std::move(facts);
  }
  return all;
}

/// [ratio, rate, measurements] by run; null where it was not measured.
Json line_json(const LifeLine& line) {
  Json values = Json::array();
  for (const auto& value : line.values) {
    values.push_back(value ? Json({value->ratio(), std::llround(value->rate), value->measurements}) : Json(nullptr));
  }
  return {{"question", line.question}, {"values", values}};
}

/// Parts with one life: they are measured together.
struct Together {
  std::vector<std::string> names;  // the likeliest first
  std::string finding;             // of tonight; empty: none
};

/// "fail slow_nic, warn errors_on_link": each once.
std::string found_in(const RunRecord& run, const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) {
    const auto word = flag.severity + " " + flag.kind;
    if (flag.start_utc == run.start_utc && flag.run == run.name && flag.posterior >= core::kSuspectFrom &&
        text.find(word) == std::string::npos) {
      text += (text.empty() ? "" : ", ") + word;
    }
  }
  return text;
}

class Lives {
 public:
  Lives(const HistoryStore& store, std::vector<RunRecord> runs, const Serials& serials)
      : store_(store), runs_(std::move(runs)), serials_(serials) {}

  /// Where its life stands; nothing when it was never measured, or there is no room.
  std::optional<std::size_t> add(const std::string& component, const std::string& finding) {
    const auto parts = store_.parts_of(component);
    const auto known = index_.find(parts);
    if (parts.empty() || (known == index_.end() && lives_.size() == kLives)) {
      beyond_ += parts.empty() ? 0 : 1;
      return {};
    }
    const auto at = index_.emplace(parts, lives_.size()).first->second;
    if (at == lives_.size()) {
      lives_.push_back({{}, finding});
    }
    if (std::ranges::find(lives_[at].names, component) == lives_[at].names.end()) {
      lives_[at].names.push_back(component);
    }
    return at;
  }

  [[nodiscard]] Json json() const {
    Json all = Json::array();
    for (const auto& life : lives_) {
      all.push_back(json(life));
    }
    return all;
  }
  [[nodiscard]] std::size_t beyond() const { return beyond_; }

 private:
  [[nodiscard]] Json json(const Together& together) const {
    const auto life = life_of(store_, together.names.front(), runs_);
    std::vector<Flag> flags;
    for (const auto& name : together.names) {
      std::ranges::move(store_.flags_of_component(name), std::back_inserter(flags));
    }
    Json lines = Json::array(), found = Json::array();
    std::ranges::transform(life.lines, std::back_inserter(lines), line_json);
    std::size_t flagged = 0;
    for (const auto& run : runs_) {
      found.push_back(found_in(run, flags));
      flagged += found.back().get_ref<const std::string&>().empty() ? 0 : 1;
    }
    return {{"names", together.names},
            {"serials", serials_of(together)},
            {"finding", together.finding},
            {"flagged", flagged},
            {"lines", lines},
            {"found", found}};
  }

  [[nodiscard]] Json serials_of(const Together& together) const {
    Json serials = Json::array();
    for (const auto& name : together.names) {
      if (const auto serial = serials_.find(name); serial != serials_.end()) {
        serials.push_back(serial->second);
      }
    }
    return serials;
  }

  const HistoryStore& store_;
  const std::vector<RunRecord> runs_;
  const Serials& serials_;
  std::vector<Together> lives_;
  std::map<std::vector<std::uint32_t>, std::size_t> index_;  // by the parts of the store
  std::size_t beyond_ = 0;
};

void add_suspects(const core::Verdict& verdict, Lives& lives) {
  for (const auto& finding : verdict.findings) {
    for (std::size_t i = 0; is_blamed(finding) && i < std::min(kSuspects, finding.suspects.size()); ++i) {
      if (finding.suspects[i].posterior >= core::kSuspectFrom) {
        lives.add(finding.suspects[i].component, finding.id);
      }
    }
  }
}

/// `flags`: of the runs on the page, in order.
Json offender_json(const std::vector<Flag>& flags, const Offender& offender, Lives& lives) {
  std::set<std::pair<std::string, std::string>> runs;
  std::set<std::string> places, kinds;
  for (const auto& flag : flags) {
    runs.emplace(flag.start_utc, flag.run);
    places.insert(flag.component);
    kinds.insert(flag.kind);
  }
  const auto life = lives.add(flags.back().component, "");
  return {{"serial", offender.serial},
          {"places", places},
          {"kinds", kinds},
          {"runs", runs.size()},
          {"from", runs.begin()->first},
          {"to", runs.rbegin()->first},
          {"life", life ? Json(*life) : Json(nullptr)}};
}

Json common_json(const CommonShift& shift, const HistoryContext& context) {
  return {{"what", "shift of all"},     {"of", shift.kind},
          {"question", shift.question}, {"runs", 0},
          {"now", shift.factor},        {"says", words_of(shift, context)}};
}

Json part_json(const PartShift& shift, const HistoryContext& context) {
  return {{"what", shift.decline.is_drift ? "drift" : "step"},
          {"of", id_of(shift, context)},
          {"question", shift.question},
          {"runs", shift.decline.runs_since},
          {"now", std::exp(shift.decline.now - shift.decline.usual)},
          {"says", words_of(shift, context)}};
}

}  // namespace

Json page_compared(const std::vector<CommonShift>& common, const std::vector<PartShift>& parts,
                   const HistoryContext& context) {
  Json shifts = Json::array();
  for (const auto& shift : common) {
    shifts.push_back(common_json(shift, context));
  }
  for (const auto& shift : parts) {
    if (shifts.size() < kCompared) {
      shifts.push_back(part_json(shift, context));
    }
  }
  const auto& records = context.past.records;
  return {{"file", context.file},
          {"earlier", records.size()},
          {"least", kLeastPast + 1},
          {"from_id", records.empty() ? 0 : records.front().id},
          {"to_id", records.empty() ? 0 : records.back().id},
          {"shifts", shifts},
          {"shifts_total", common.size() + parts.size()}};
}

Json page_lives(const HistoryStore& store, const RunSummary& tonight, const core::Verdict& verdict,
                const Serials& serials) {
  const auto runs = runs_up_to(store, tonight);
  Lives lives(store, runs, serials);
  add_suspects(verdict, lives);
  Json offenders = Json::array();
  const Span span{runs.front().start_utc, tonight.start_utc};
  for (const auto& offender : store.repeat_offenders(kOften, kOffenders, span)) {
    auto flags = store.flags_of(offender);
    std::erase_if(flags, [&](const Flag& flag) { return flag.start_utc < span.from || flag.start_utc > span.to; });
    offenders.push_back(offender_json(flags, offender, lives));
  }
  return {{"runs", runs_json(store, runs)},
          {"lives", lives.json()},
          {"lives_beyond", lives.beyond()},
          {"offenders", offenders}};
}

}  // namespace plumb::reports
