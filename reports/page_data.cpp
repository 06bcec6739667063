#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "core/statistics.h"
#include "reports/outputs.h"

namespace plumb::reports {
namespace {

using core::Json;

constexpr std::size_t kPairRows = 20'000;
constexpr std::size_t kCheckRows = 2'000;
constexpr std::size_t kMatrixSide = 256;

Json number(double value) { return value > 0 ? Json(std::round(value)) : Json(nullptr); }
Json ratio_of(double value) { return std::round(value * 1e4) / 1e4; }

template <class Value>
Json maybe(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json pairs(const Evidence& evidence, const PairView& view) {
  std::vector<std::size_t> order(evidence.pairs.size());
  for (std::size_t m = 0; m < order.size(); ++m) {
    order[m] = m;
  }
  const auto shown = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), kPairRows));
  std::partial_sort(order.begin(), shown, order.end(),
                    [&](auto a, auto b) { return std::pair(view.ratio[a], a) < std::pair(view.ratio[b], b); });
  order.erase(shown, order.end());
  Json rows = Json::array();
  for (const auto m : order) {
    const auto& p = evidence.pairs[m];
    const auto& setting = evidence.settings[p.setting];
    rows.push_back({evidence.endpoints[p.src], evidence.endpoints[p.dst], setting.mode, setting.bytes, setting.schedule,
                    p.round, number(p.bw_Bps), number(p.min_bw_Bps), number(p.p50_ns), number(p.p99_ns),
                    number(view.expectations.of(m).expected), ratio_of(view.ratio[m]), view.expectations.of(m).name,
                    p.wrong, "ok", ""});
  }
  for (const auto& placed : evidence.failed_pairs) {
    const auto& r = placed.row;
    rows.push_back({r.src, r.dst, r.mode, r.bytes, r.schedule, r.round, nullptr, nullptr, nullptr, nullptr, nullptr,
                    nullptr, "", 0, r.status, r.reason});
  }
  return {{"columns",
           {"src", "dst", "mode", "bytes", "schedule", "round", "bw_Bps", "min_bw_Bps", "p50_ns", "p99_ns", "expected",
            "ratio", "class", "wrong", "status", "reason"}},
          {"rows", rows},
          {"total", evidence.pairs.size() + evidence.failed_pairs.size()}};
}

/// Label of an endpoint in the matrix: itself, or its host when there are too many.
std::string cell_label(const std::string& endpoint, bool by_host) {
  return by_host && !host_of(endpoint).empty() ? "host/" + host_of(endpoint) : endpoint;
}

/// The rows and columns of the matrix: names in order, and the place of each endpoint among them.
struct Labels {
  std::vector<std::string> names;
  std::vector<std::uint32_t> of_endpoint;
};

Labels labels_of(const Evidence& evidence, bool by_host) {
  std::map<std::string, std::uint32_t> places;
  for (const auto& endpoint : evidence.endpoints) {
    places.emplace(cell_label(endpoint, by_host), 0);
  }
  Labels labels;
  for (auto& [name, place] : places) {
    place = static_cast<std::uint32_t>(labels.names.size());
    labels.names.push_back(name);
  }
  for (const auto& endpoint : evidence.endpoints) {
    labels.of_endpoint.push_back(places.at(cell_label(endpoint, by_host)));
  }
  return labels;
}

/// Those that were measured, in order; the worst when there are too many.
std::vector<std::uint32_t> shown_of(const Evidence& evidence, const PairView& view, const Labels& labels) {
  constexpr float kNone = std::numeric_limits<float>::infinity();
  std::vector<float> worst(labels.names.size(), kNone);
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    for (const auto end : {evidence.pairs[m].src, evidence.pairs[m].dst}) {
      auto& ratio = worst[labels.of_endpoint[end]];
      ratio = evidence.is_latency(evidence.pairs[m]) ? ratio : std::min(ratio, view.ratio[m]);
    }
  }
  std::vector<std::uint32_t> shown;
  for (std::uint32_t label = 0; label < worst.size(); ++label) {
    if (worst[label] < kNone) {
      shown.push_back(label);
    }
  }
  if (shown.size() > kMatrixSide) {
    std::ranges::stable_sort(shown, {}, [&](std::uint32_t label) { return worst[label]; });
    shown.resize(kMatrixSide);
    std::ranges::sort(shown);
  }
  return shown;
}

/// Median bandwidth ratio of each cell, bandwidth rows only; the worst rows and columns when there are too many.
Json matrix(const Evidence& evidence, const PairView& view) {
  const bool by_host = evidence.endpoints.size() > kMatrixSide;
  const auto labels = labels_of(evidence, by_host);
  const auto shown = shown_of(evidence, view, labels);
  const std::size_t side = shown.size();
  std::vector<std::size_t> place(labels.names.size(), side);
  Json names = Json::array();
  for (std::size_t i = 0; i < side; ++i) {
    place[shown[i]] = i;
    names.push_back(labels.names[shown[i]]);
  }
  std::vector<std::vector<double>> cells(side * side);
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto from = place[labels.of_endpoint[evidence.pairs[m].src]],
               to = place[labels.of_endpoint[evidence.pairs[m].dst]];
    if (from < side && to < side && !evidence.is_latency(evidence.pairs[m])) {
      cells[from * side + to].push_back(view.ratio[m]);
    }
  }
  Json values = Json::array();
  for (std::size_t from = 0; from < side; ++from) {
    Json row = Json::array();
    for (std::size_t to = 0; to < side; ++to) {
      const auto& cell = cells[from * side + to];
      row.push_back(cell.empty() ? Json(nullptr) : ratio_of(core::median(cell)));
    }
    values.push_back(std::move(row));
  }
  return {{"by", by_host ? "host" : "endpoint"}, {"labels", names}, {"values", values}};
}

Json cases(const Evidence& evidence) {
  Json all = Json::array();
  for (const auto& placed : evidence.cases) {
    const auto& r = placed.row;
    all.push_back({{"case", r.name},
                   {"collective", r.collective},
                   {"backend", r.backend},
                   {"memory", r.memory},
                   {"dtype", r.dtype},
                   {"redop", r.redop},
                   {"bytes", r.bytes},
                   {"ranks", r.ranks},
                   {"in_place", r.in_place},
                   {"status", r.status},
                   {"reason", r.reason},
                   {"samples", r.samples},
                   {"min_ns", maybe(r.min_ns)},
                   {"p50_ns", maybe(r.p50_ns)},
                   {"p95_ns", maybe(r.p95_ns)},
                   {"p99_ns", maybe(r.p99_ns)},
                   {"max_ns", maybe(r.max_ns)},
                   {"ci_low_ns", maybe(r.ci_low_ns)},
                   {"ci_high_ns", maybe(r.ci_high_ns)},
                   {"algbw_Bps", maybe(r.algbw_Bps)},
                   {"busbw_Bps", maybe(r.busbw_Bps)},
                   {"wrong", maybe(r.wrong)},
                   {"slowest_rank", maybe(r.slowest_rank)},
                   {"skew_p50_ns", maybe(r.skew_p50_ns)},
                   {"drift", maybe(r.drift)}});
  }
  return all;
}

/// The gravest first, as many as a page can hold.
Json checks(const Evidence& evidence) {
  Json all = Json::array();
  for (const std::string_view status : {"fail", "absent", "warn", "pass"}) {
    for (const auto& placed : evidence.checks) {
      const auto& r = placed.row;
      if (r.status == status && all.size() < kCheckRows) {
        all.push_back({{"host", r.host},
                       {"subject", r.subject},
                       {"check", r.check},
                       {"status", r.status},
                       {"observed", r.observed},
                       {"expected", r.expected},
                       {"advice", r.advice}});
      }
    }
  }
  return all;
}

Json rank_strips(const Evidence& evidence) {
  Json strips = Json::array();
  std::map<std::pair<std::size_t, std::string>, std::size_t> index;
  for (const auto& placed : evidence.rank_times) {
    const auto& r = placed.row;
    const auto [found, is_new] = index.emplace(std::pair(placed.run, r.case_name), strips.size());
    if (is_new) {
      strips.push_back({{"case", r.case_name}, {"ranks", Json::array()}});
    }
    strips[found->second]["ranks"].push_back({{"rank", r.rank},
                                              {"host", evidence.host_of_rank(placed.run, r.rank)},
                                              {"samples", r.samples},
                                              {"p50_ns", maybe(r.p50_ns)},
                                              {"p99_ns", maybe(r.p99_ns)},
                                              {"arrival_p50_ns", maybe(r.arrival_p50_ns)},
                                              {"exit_p50_ns", maybe(r.exit_p50_ns)},
                                              {"last_to_arrive", maybe(r.last_to_arrive)},
                                              {"last_to_leave", maybe(r.last_to_leave)}});
  }
  return strips;
}

Json manifests(const Evidence& evidence) {
  Json all = Json::array();
  for (const auto& m : evidence.manifests) {
    Json components = Json::array();
    for (const auto& c : m.components) {
      components.push_back({{"name", c.name}, {"version", c.version}, {"absent_because", c.absent_because}});
    }
    all.push_back({{"tool", m.tool},
                   {"host", m.host},
                   {"version", m.version},
                   {"status", m.status},
                   {"reason", m.reason},
                   {"argv", m.argv},
                   {"start_utc", m.start_utc},
                   {"end_utc", m.end_utc},
                   {"components", components}});
  }
  return all;
}

std::string last_end(const Evidence& evidence) {
  std::string last;
  for (const auto& m : evidence.manifests) {
    last = std::max(last, m.end_utc.empty() ? m.start_utc : m.end_utc);
  }
  return last;
}

}  // namespace

core::Json page_data(const Evidence& evidence, const Judgement& judgement) {
  Json data = core::to_json(judgement.verdict);
  Json retest = Json::array();
  for (const auto& r : judgement.retest) {
    retest.push_back({{"round", r.round}, {"src", r.src}, {"dst", r.dst}});
  }
  data["notes"] = judgement.verdict.notes;
  data["coverage"] = Json(data["coverage"]["classes"]);
  data["runs"] = evidence.runs;
  data["ended_utc"] = last_end(evidence);
  data["pairs"] = pairs(evidence, judgement.pairs);
  data["matrix"] = matrix(evidence, judgement.pairs);
  data["cases"] = cases(evidence);
  data["rank_strips"] = rank_strips(evidence);
  data["retest"] = std::move(retest);
  data["checks"] = checks(evidence);
  data["checks_total"] = evidence.checks.size();
  data["manifests"] = manifests(evidence);
  return data;
}

std::string script_safe(const core::Json& json) {
  // Pure ASCII (so no U+2028 either), and the three characters that HTML could see are escaped: only strings have them.
  std::string out;
  for (const char c : json.dump(-1, ' ', true, Json::error_handler_t::replace)) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace plumb::reports
