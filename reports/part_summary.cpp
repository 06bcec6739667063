#include "reports/part_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "core/statistics.h"
#include "reports/derived_checks.h"
#include "reports/measured_parts.h"

namespace plumb::reports {
namespace {

struct Value {
  double ratio = 0, rate = 0, level = 0;
};
using Values = std::vector<Value>;

enum class LevelOf : std::uint8_t { middle, upper_quartile };

PartSummary summary_of(const Values& values, LevelOf level_of) {
  const auto sorted = [&](double Value::*member) {
    std::vector<double> numbers;
    for (const auto& value : values) {
      numbers.push_back(value.*member);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  };
  PartSummary summary;
  const auto levels = sorted(&Value::level);
  summary.ratio = core::median(sorted(&Value::ratio));
  summary.rate = core::median(sorted(&Value::rate));
  // A slow partner takes from some of a part's measurements, the part itself from all of them.
  summary.level = level_of == LevelOf::middle ? core::median(levels) : core::sorted_percentile(levels, 0.75);
  summary.measurements = static_cast<std::uint32_t>(values.size());
  return summary;
}

/// Bandwidth rows of evidence.pairs by end, in compressed rows; those of an end with itself left out.
struct RowsOfEnds {
  RowsOfEnds(const Evidence& evidence, std::uint32_t PairMeasurement::*end) : first(evidence.endpoints.size() + 1) {
    const auto counts = [&](const PairMeasurement& pair) { return !evidence.is_latency(pair) && pair.src != pair.dst; };
    for (const auto& pair : evidence.pairs) {
      first[pair.*end + 1] += counts(pair) ? 1 : 0;
    }
    for (std::size_t i = 1; i < first.size(); ++i) {
      first[i] += first[i - 1];
    }
    rows.resize(first.back());
    auto next = first;
    for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
      if (counts(evidence.pairs[m])) {
        rows[next[evidence.pairs[m].*end]++] = m;
      }
    }
  }
  template <class Visit>
  void for_each(std::size_t end, Visit&& visit) const {
    for (auto i = first[end]; i < first[end + 1]; ++i) {
      visit(rows[i]);
    }
  }
  std::vector<std::uint32_t> first, rows;
};

class Summariser {
 public:
  Summariser(const Evidence& evidence, const Judgement& judgement, RunSummary& run, Anchors& anchors)
      : evidence_(evidence), view_(judgement.pairs), run_(run), anchors_(anchors) {
    std::unordered_map<std::string, std::uint32_t> kinds;
    for (const auto& part : run.parts) {
      kind_.push_back(kinds.emplace(part.kind, static_cast<std::uint32_t>(kinds.size())).first->second);
    }
  }

  void add_pairs() {
    const RowsOfEnds out(evidence_, &PairMeasurement::src), in(evidence_, &PairMeasurement::dst);
    add("bandwidth out", LevelOf::upper_quartile, [&](auto end, auto&& visit) { out.for_each(end, visit); });
    add("bandwidth in", LevelOf::upper_quartile, [&](auto end, auto&& visit) { in.for_each(end, visit); });
    worst_ = true;
    add("worst window", LevelOf::middle, [&](auto end, auto&& visit) {
      out.for_each(end, visit);
      in.for_each(end, visit);
    });
  }

  void add_gpu_tests() {
    std::unordered_map<std::string_view, std::uint32_t> parts;
    for (std::uint32_t i = 0; i < run_.parts.size(); ++i) {
      parts.emplace(run_.parts[i].component, i);
    }
    for (const auto& [question, readings] : readings_by_question()) {
      const bool more_is_better = better_of(unit_of(*readings.front())) == Better::more;
      std::map<std::uint32_t, Values> values;  // by part
      for (const auto* reading : readings) {
        values[parts.at(evidence_.words[reading->gpu])].push_back(
            {0, reading->value, more_is_better ? reading->value : 1 / reading->value});
      }
      add_gpu_test(question, values);
    }
  }

 private:
  template <class Rows>
  void add(const char* question, LevelOf level_of, const Rows& rows) {
    Values values;
    for (std::uint32_t end = 0; end < evidence_.endpoints.size(); ++end) {
      values.clear();
      rows(end, [&](std::uint32_t m) {
        if (const auto value = value_of(m); value.level > 0) {
          values.push_back(value);
        }
      });
      keep(end, values, level_of);
    }
    close(question);
  }

  [[nodiscard]] const std::string& unit_of(const GpuReading& reading) const {
    return evidence_.words[evidence_.gpu_tests[reading.test].unit];
  }

  [[nodiscard]] std::map<std::string, std::vector<const GpuReading*>> readings_by_question() const {
    std::map<std::string, std::vector<const GpuReading*>> all;
    std::vector<std::vector<const GpuReading*>*> of_test(evidence_.gpu_tests.size());
    const auto compares = tests_that(
        evidence_, [&](const GpuTest& test) { return better_of(evidence_.words[test.unit]) != Better::unknown; });
    for (const auto& reading : evidence_.gpu_rows) {
      if (reading.value <= 0 || !compares[reading.test]) {
        continue;
      }
      auto*& readings = of_test[reading.test];
      if (readings == nullptr) {
        const auto& test = evidence_.gpu_tests[reading.test];
        readings = &all[fmt::format("gpu {}, {}", evidence_.words[test.test], evidence_.words[test.unit])];
      }
      readings->push_back(&reading);
    }
    return all;
  }

  void keep(std::uint32_t part, const Values& values, LevelOf level_of) {
    if (!values.empty()) {
      auto summary = summary_of(values, level_of);
      summary.part = part;
      summary.question = static_cast<std::uint32_t>(run_.questions.size());
      run_.values.push_back(summary);
    }
  }

  void close(std::string question) {
    const bool asked = !run_.values.empty() && run_.values.back().question == run_.questions.size();
    if (asked) {
      run_.questions.push_back(std::move(question));
    }
  }

  Value value_of(std::uint32_t m) {
    const auto& pair = evidence_.pairs[m];
    const auto& expectation = view_.expectations.of(m);
    if (worst_) {
      const double share = pair.bw_Bps > 0 ? pair.min_bw_Bps / pair.bw_Bps : 0;
      return {share / expectation.stall, pair.min_bw_Bps, share};
    }
    return {view_.ratio[m], pair.bw_Bps, pair.bw_Bps / anchor(expectation, kind_[pair.src], kind_[pair.dst])};
  }

  double anchor(const Expectation& expectation, std::uint32_t src_kind, std::uint32_t dst_kind) {
    const auto [known, is_new] = anchor_.try_emplace({&expectation, src_kind, dst_kind});
    if (is_new) {
      const auto kind = [&](std::uint32_t k) -> const std::string& {
        return run_.parts[static_cast<std::size_t>(std::ranges::find(kind_, k) - kind_.begin())].kind;
      };
      known->second = anchor_named(fmt::format("{}: {} to {}", expectation.name, kind(src_kind), kind(dst_kind)),
                                   expectation.expected);
    }
    return known->second;
  }

  double anchor_named(const std::string& name, double now) {
    return now > 0 ? anchors_.try_emplace(name, now).first->second : 1;
  }

  void add_gpu_test(const std::string& question, std::map<std::uint32_t, Values>& values) {
    std::map<std::uint32_t, std::vector<double>> speeds;  // by kind
    for (const auto& [part, of_part] : values) {
      for (const auto& value : of_part) {
        speeds[kind_[part]].push_back(value.level);
      }
    }
    struct Usual {
      double speed, anchor;
    };
    std::map<std::uint32_t, Usual> usual;  // by kind: there may be 220,000 GPUs of one
    for (auto& [part, of_part] : values) {
      const auto [known, is_new] = usual.try_emplace(kind_[part]);
      if (is_new) {
        const double speed = core::median(speeds[kind_[part]]);
        known->second = {speed, anchor_named(fmt::format("{}: {}", question, run_.parts[part].kind), speed)};
      }
      for (auto& value : of_part) {
        value.ratio = value.level / known->second.speed;
        value.level /= known->second.anchor;
      }
      keep(part, of_part, LevelOf::middle);
    }
    close(question);
  }

  const Evidence& evidence_;
  const PairView& view_;
  RunSummary& run_;
  Anchors& anchors_;
  std::vector<std::uint32_t> kind_;  // by part
  std::map<std::tuple<const Expectation*, std::uint32_t, std::uint32_t>, double> anchor_;
  bool worst_ = false;
};

}  // namespace

RunSummary summarise_run(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement, Anchors& anchors) {
  RunSummary run;
  run.name = evidence.runs.front();
  run.start_utc = start_of(evidence);
  run.facts = facts_of(evidence.manifests);
  run.parts = measured_parts(evidence, fabric, judgement);
  Summariser summariser(evidence, judgement, run, anchors);
  summariser.add_pairs();
  summariser.add_gpu_tests();
  return run;
}

}  // namespace plumb::reports
