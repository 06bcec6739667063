#include "reports/history_past.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "reports/history_shifts.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kRuns = 20, kLooked = 200;
constexpr std::uint32_t kNew = 0xffffffff;

using Facts = std::map<std::string, std::string>;
/// By question, then by part of tonight.
using Answers = std::vector<std::vector<StoredValue>>;

Answers answers_of(const RunSummary& run) {
  Answers answers(run.questions.size(), std::vector<StoredValue>(run.parts.size()));
  for (const auto& value : run.values) {
    answers[value.question][value.part] = stored(value.ratio, value.level, value.rate, value.measurements);
  }
  return answers;
}

template <class Value>
std::vector<Value> of_tonight(const std::vector<Value>& by_number, const std::vector<std::uint32_t>& number) {
  std::vector<Value> values(number.size());
  for (std::size_t part = 0; part < number.size(); ++part) {
    if (number[part] < by_number.size()) {
      values[part] = by_number[number[part]];
    }
  }
  return values;
}

/// What is kept of a run while it is compared, by question, then by part of tonight.
struct RunAnswers {
  RunRecord record;
  std::vector<std::vector<float>> levels;
  std::vector<std::vector<std::uint16_t>> ratios_e4;  // 0: not measured

  void add(const std::vector<StoredValue>& values) {
    auto& of_levels = levels.emplace_back();
    auto& of_ratios = ratios_e4.emplace_back();
    of_levels.reserve(values.size());
    of_ratios.reserve(values.size());
    for (const auto& value : values) {
      of_levels.push_back(value.is_measured() ? static_cast<float>(std::log(value.level())) : kNotMeasured);
      of_ratios.push_back(value.is_measured() ? value.ratio_e4 : 0);
    }
  }

  [[nodiscard]] std::size_t measured_parts() const {
    std::size_t measured = 0;
    for (std::size_t part = 0; !levels.empty() && part < levels.front().size(); ++part) {
      measured += std::ranges::any_of(levels, [&](const auto& of) { return !std::isnan(of[part]); }) ? 1 : 0;
    }
    return measured;
  }
};

/// Oldest first.
std::vector<RunAnswers> earlier_runs(const HistoryStore& store, const RunSummary& tonight,
                                     const std::vector<std::uint32_t>& number, std::size_t parts_tonight) {
  auto records = store.runs();
  std::erase_if(records, [&](const RunRecord& run) {
    return std::tie(run.start_utc, run.name) >= std::tie(tonight.start_utc, tonight.name);
  });
  std::vector<RunAnswers> runs;
  for (std::size_t looked = 0; looked < kLooked && runs.size() < kRuns && !records.empty(); ++looked) {
    RunAnswers run;
    run.record = std::move(records.back());
    records.pop_back();
    for (const auto& question : tonight.questions) {
      run.add(of_tonight(store.values(run.record.id, question), number));
    }
    if (2 * run.measured_parts() >= parts_tonight) {
      runs.push_back(std::move(run));
    }
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

RunAnswers answers_of_tonight(const RunSummary& tonight) {
  RunAnswers run;
  for (const auto& values : answers_of(tonight)) {
    run.add(values);
  }
  return run;
}

/// Takes the levels of all.
void add_series(const RunSummary& tonight, std::vector<RunAnswers>& earlier, RunAnswers& now, ReadPast& past) {
  const auto ratio = [](std::uint16_t e4) { return e4 == 0 ? kNotMeasured : static_cast<float>(e4 / 1e4); };
  std::vector<float> ratios;
  for (std::size_t question = 0; question < tonight.questions.size(); ++question) {
    Series series{tonight.questions[question], {}};
    auto& usual = past.usual_ratio.emplace_back();
    for (std::size_t part = 0; part < tonight.parts.size(); ++part) {
      ratios.clear();
      for (const auto& run : earlier) {
        ratios.push_back(ratio(run.ratios_e4[question][part]));
      }
      usual.push_back(median_of(ratios));
    }
    std::ranges::transform(now.ratios_e4[question], std::back_inserter(past.ratio.emplace_back()), ratio);
    for (auto& run : earlier) {
      series.levels.push_back(std::move(run.levels[question]));
    }
    series.levels.push_back(std::move(now.levels[question]));
    past.runs.series.push_back(std::move(series));
  }
}

/// What most of them say; of equally many the first in order.
template <class Word>
Word usual_of(std::vector<Word> words) {
  std::sort(words.begin(), words.end());
  Word usual{};
  std::ptrdiff_t most = 0;
  for (auto from = words.begin(); from != words.end();) {
    const auto to = std::upper_bound(from, words.end(), *from);
    if (to - from > most) {
      most = to - from;
      usual = *from;
    }
    from = to;
  }
  return usual;
}

Facts parsed(const std::string& lines) {
  Facts facts;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    const auto tab = line.find('\t');
    facts.emplace(line.substr(0, tab), tab == std::string::npos ? "" : line.substr(tab + 1));
  }
  return facts;
}

std::vector<Change> changes_between(const Facts& before, const Facts& now) {
  std::vector<Change> changes;
  const auto value = [](const Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
  };
  for (const auto& [name, was] : before) {
    if (const auto is = value(now, name); is != was) {
      changes.push_back({name, was, is});
    }
  }
  for (const auto& [name, is] : now) {
    if (!before.contains(name)) {
      changes.push_back({name, "", is});
    }
  }
  return changes;
}

Facts usual_facts(const HistoryStore& store, const std::vector<RunAnswers>& earlier) {
  std::map<std::string, std::vector<std::string>> values;
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    for (const auto& [name, value] : store.facts(earlier[i].record.id)) {
      auto& all = values[name];
      all.resize(i);
      all.push_back(value);
    }
  }
  Facts usual;
  for (auto& [name, all] : values) {
    all.resize(earlier.size());
    if (auto value = usual_of(all); !value.empty()) {
      usual.emplace(name, std::move(value));
    }
  }
  return usual;
}

/// By part: which of past.runs.changes are on it.
void add_changes(const HistoryStore& store, const RunSummary& tonight, const std::vector<RunAnswers>& earlier,
                 const std::vector<std::uint32_t>& number, ReadPast& past) {
  const auto texts = store.version_texts();
  std::vector<std::vector<std::uint16_t>> versions;
  for (const auto& run : earlier) {
    versions.push_back(of_tonight(store.versions(run.record.id), number));
  }
  past.runs.changes.emplace_back();
  std::map<std::vector<Change>, std::uint32_t> known{{{}, 0}};
  std::map<std::pair<std::uint16_t, std::string>, std::uint32_t> of_pair;
  std::vector<std::uint16_t> own;
  for (std::size_t part = 0; part < tonight.parts.size(); ++part) {
    own.clear();
    for (const auto& of_run : versions) {
      if (of_run[part] != 0) {  // a run without a map tells nothing
        own.push_back(of_run[part]);
      }
    }
    const auto usual = usual_of(own);
    if (usual >= texts.size() || usual == 0 || tonight.parts[part].versions.empty()) {
      continue;
    }
    const auto [found, is_new] = of_pair.try_emplace({usual, tonight.parts[part].versions});
    if (is_new) {
      const auto changes = changes_between(parsed(texts[usual]), parsed(tonight.parts[part].versions));
      const auto [at, is_first] = known.emplace(changes, static_cast<std::uint32_t>(past.runs.changes.size()));
      if (is_first) {
        past.runs.changes.push_back(changes);
      }
      found->second = at->second;
    }
    past.runs.parts[part].changed = found->second;
  }
}

class Names {
 public:
  explicit Names(std::vector<std::string>& names) : names_(names) {}
  std::uint32_t of(const std::string& name) {
    const auto [found, is_new] = known_.emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (is_new) {
      names_.push_back(name);
    }
    return found->second;
  }

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, std::uint32_t> known_;
};

}  // namespace

ReadPast read_past(const HistoryStore& store, const RunSummary& tonight) {
  ReadPast past;
  Names kinds(past.runs.kinds), owners(past.runs.owners);
  const auto known = store.parts();
  std::vector<std::uint32_t> number;
  for (const auto& part : tonight.parts) {
    const auto found = known.find(part.component);
    number.push_back(found == known.end() ? kNew : found->second);
    past.runs.parts.push_back({kinds.of(part.kind), part.host.empty() ? kNowhere : owners.of(part.host),
                               part.leaf.empty() ? kNowhere : owners.of(part.leaf), 0});
  }
  auto now = answers_of_tonight(tonight);
  auto earlier = earlier_runs(store, tonight, number, now.measured_parts());
  past.runs.runs = earlier.size() + 1;
  add_series(tonight, earlier, now, past);
  add_changes(store, tonight, earlier, number, past);
  past.runs.common = changes_between(usual_facts(store, earlier), tonight.facts);
  for (auto& run : earlier) {
    past.records.push_back(std::move(run.record));
  }
  return past;
}

}  // namespace plumb::reports
