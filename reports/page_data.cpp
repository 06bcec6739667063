#include <algorithm>
#include <map>
#include <unordered_set>

#include "reports/outputs.h"
#include "reports/page_parts.h"

namespace plumb::reports {
namespace {

using core::Json;

constexpr std::size_t kFindings = 5'000, kWholeFindings = 300, kSuspects = 8;
constexpr std::size_t kCheckRows = 2'000, kRetestRows = 200;
constexpr std::size_t kStrips = 64, kStripRanks = 256;

template <class Value>
Json maybe(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// Findings in full, as many as are read; of the others what a list shows. findings.json has all.
Json findings(const core::Verdict& verdict) {
  Json all = Json::array();
  for (const auto& finding : verdict.findings) {
    if (all.size() == kFindings) {
      break;
    }
    auto json = core::to_json(finding);
    if (json["suspects"].size() > kSuspects) {
      json["suspects_total"] = json["suspects"].size();
      json["suspects"].erase(json["suspects"].begin() + kSuspects, json["suspects"].end());
    }
    if (all.size() >= kWholeFindings) {
      json.erase("evidence");
      json.erase("advice");
    }
    all.push_back(std::move(json));
  }
  return all;
}

using Names = std::unordered_set<std::string_view>;

/// Parts that findings name. Settings name no slow part, and may name all hosts.
Names named_by(const core::Verdict& verdict) {
  Names named;
  for (const auto& finding : verdict.findings) {
    for (const auto& suspect : finding.suspects) {
      if (finding.severity != core::Severity::info && finding.kind != core::FindingKind::config &&
          suspect.posterior >= core::kSuspectFrom) {
        named.insert(suspect.component);
      }
    }
  }
  return named;
}

/// By node: whether it is named, or its host, a cable of it, or what that leads to.
std::vector<bool> nodes_at(const Names& named, const topology::Graph& graph) {
  std::vector<bool> is_at(graph.node_count()), is_host(graph.node_count());
  for (const auto name : named) {
    if (const auto node = graph.find(name)) {
      is_at[*node] = is_host[*node] = true;
      std::ranges::for_each(graph.hops(*node), [&](const auto& hop) { is_at[hop.to] = true; });
    } else if (const auto link = graph.find_link(name)) {
      is_at[graph.link(*link).a] = is_at[graph.link(*link).b] = true;
    }
  }
  for (topology::NodeIndex n = 0; n < graph.node_count(); ++n) {
    is_at[n] = is_at[n] || is_host[graph.host_of(n).value_or(n)];
  }
  return is_at;
}

/// By index in evidence.endpoints: whether a finding names it, or what it is cabled to, or its host.
std::vector<bool> suspects_of(const Evidence& evidence, const topology::Graph& graph, const Places& places,
                              const core::Verdict& verdict) {
  const auto named = named_by(verdict);
  const auto is_at = nodes_at(named, graph);
  std::vector<bool> is_suspect;
  for (std::size_t e = 0; e < evidence.endpoints.size(); ++e) {
    const auto& id = evidence.endpoints[e];
    const auto end = places.end_of[e];
    is_suspect.push_back(named.contains(id) ||
                         (end == Places::kNowhere ? named.contains("host/" + host_of(id)) : is_at[end]));
  }
  return is_suspect;
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
                   {"drift", maybe(r.drift)},
                   {"file", evidence.file_of(placed.place)},
                   {"row", placed.place.line}});
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
                       {"advice", r.advice},
                       {"file", evidence.file_of(placed.place)},
                       {"row", placed.place.line}});
      }
    }
  }
  return all;
}

using RankRows = std::vector<const Placed<core::RankTimeRow>*>;

/// As many as a picture holds, in order of ranks: those that the others wait for most.
void keep_late(RankRows& rows) {
  const auto lateness = [](const auto* placed) {
    return placed->row.last_to_arrive.value_or(0) + placed->row.last_to_leave.value_or(0);
  };
  std::ranges::stable_sort(rows, std::ranges::greater(), lateness);
  rows.resize(std::min(rows.size(), kStripRanks));
  std::ranges::stable_sort(rows, {}, [](const auto* placed) { return placed->row.rank; });
}

using HostsOfRanks = std::map<std::pair<std::size_t, core::Integer>, std::string_view>;

Json strip(const HostsOfRanks& hosts, const RankRows& rows) {
  Json ranks = Json::array();
  for (const auto* placed : rows) {
    const auto& r = placed->row;
    const auto host = hosts.find({placed->run, r.rank});
    ranks.push_back({{"rank", r.rank},
                     {"host", host == hosts.end() ? "" : host->second},
                     {"samples", r.samples},
                     {"arrival_p50_ns", maybe(r.arrival_p50_ns)},
                     {"exit_p50_ns", maybe(r.exit_p50_ns)},
                     {"last_to_arrive", maybe(r.last_to_arrive)},
                     {"last_to_leave", maybe(r.last_to_leave)}});
  }
  return ranks;
}

/// Of the last cases, which are the largest messages.
Json rank_strips(const Evidence& evidence) {
  std::vector<std::pair<std::string, RankRows>> cases;
  std::map<std::pair<std::size_t, std::string>, std::size_t> index;
  for (const auto& placed : evidence.rank_times) {
    const auto [found, is_new] = index.emplace(std::pair(placed.run, placed.row.case_name), cases.size());
    if (is_new) {
      cases.emplace_back(placed.row.case_name, RankRows());
    }
    cases[found->second].second.push_back(&placed);
  }
  HostsOfRanks hosts;
  for (const auto& placed : evidence.ranks) {
    hosts.try_emplace({placed.run, placed.row.rank}, placed.row.host);
  }
  Json strips = Json::array();
  for (std::size_t i = cases.size() - std::min(cases.size(), kStrips); i < cases.size(); ++i) {
    auto& [name, rows] = cases[i];
    const auto ranks = rows.size();
    keep_late(rows);
    strips.push_back({{"case", name}, {"total", ranks}, {"ranks", strip(hosts, rows)}});
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

}  // namespace

core::Json page_data_ahead(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement) {
  const auto& graph = fabric.graph();
  Json data;
  data["versions"] = page_versions(evidence, graph);
  data["fabric"] = page_fabric(evidence, judgement.pairs, graph, judgement.places);
  data["matrix"] = page_matrix(evidence, judgement.pairs, graph, judgement.places);
  return data;
}

core::Json page_data(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement) {
  const auto& verdict = judgement.verdict;
  const auto& places = judgement.places;
  Json data = {{"run", verdict.run},          {"verdict", core::name_of(verdict.kind)},
               {"summary", verdict.summary},  {"notes", verdict.notes},
               {"runs", evidence.runs},       {"started_utc", verdict.start_utc},
               {"ended_utc", verdict.end_utc}};
  data["acts"] = page_acts(verdict, fabric.graph());
  data["drain"] = page_drain(verdict);
  data["findings"] = findings(verdict);
  data["findings_total"] = verdict.findings.size();
  data["coverage"] = Json::array();
  for (const auto& coverage : verdict.coverage) {
    data["coverage"].push_back(core::to_json(coverage));
  }
  data["ladder"] = Json::array();
  for (const auto& row : verdict.ladder) {
    data["ladder"].push_back(core::to_json(row));
  }
  data["pairs"] = page_pairs(evidence, judgement.pairs, places, suspects_of(evidence, fabric.graph(), places, verdict));
  data["cases"] = cases(evidence);
  data["rank_strips"] = rank_strips(evidence);
  data["retest"] = Json::array();
  for (std::size_t i = 0; i < std::min(kRetestRows, judgement.retest.size()); ++i) {
    const auto& r = judgement.retest[i];
    data["retest"].push_back({r.round, r.src, r.dst});
  }
  data["retest_total"] = judgement.retest.size();
  data["checks"] = checks(evidence);
  data["checks_total"] = evidence.checks.size() + evidence.checks_passed;
  data["manifests"] = manifests(evidence);
  return data;
}

std::string joined_objects(std::string object, std::string_view other) {
  object.back() = ',';
  return object += other.substr(1);
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
