#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "reports/collective_cases.h"
#include "reports/outputs.h"
#include "reports/page_parts.h"

namespace plumb::reports {
namespace {

using core::Json;

constexpr std::size_t kFindings = 5'000, kWholeFindings = 300, kSuspects = 8;
constexpr std::size_t kCheckRows = 2'000, kRetestRows = 200, kWrongCases = 2'000;
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

Json case_json(const Evidence& evidence, const Placed<core::CaseRow>& placed) {
  const auto& r = placed.row;
  return {{"case", r.name},
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
          {"row", placed.place.line}};
}

bool went_wrong(const core::CaseRow& row) { return row.status != "ok" || row.wrong.value_or(0) > 0; }

/// Of groups that ran at the same time, which may be as many as hosts, the slowest; and of what went wrong as many rows
/// as a page can hold.
Json cases(const Evidence& evidence) {
  Json all = Json::array();
  std::size_t wrong = 0;
  for (const auto& placed : evidence.cases) {
    if (went_wrong(placed.row) ? wrong++ < kWrongCases : !placed.row.group) {
      all.push_back(case_json(evidence, placed));
    }
  }
  for (const auto& groups : cases_of_groups(evidence)) {
    const auto slowness = [](const auto* placed) {
      return went_wrong(placed->row) ? 0 : placed->row.p50_ns.value_or(0);
    };
    const auto* const slowest = *std::ranges::max_element(groups, {}, slowness);
    if (!went_wrong(slowest->row)) {
      all.push_back(case_json(evidence, *slowest));
      all.back()["groups"] = groups.size();
    }
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

/// As many as a picture holds, in order of ranks: those that the others wait for most.
std::vector<RankTiming> latest(const std::vector<RankTiming>& all) {
  std::vector<RankTiming> ranks(std::min(all.size(), kStripRanks));
  const auto is_later = [](const RankTiming& a, const RankTiming& b) {
    const auto lateness = [](const RankTiming& rank) { return rank.last_to_arrive + rank.last_to_leave; };
    return std::pair(lateness(b), a.line) < std::pair(lateness(a), b.line);
  };
  std::ranges::partial_sort_copy(all, ranks, is_later);
  std::ranges::sort(ranks, {}, [](const RankTiming& rank) { return std::pair(rank.rank, rank.line); });
  return ranks;
}

Json strip(const Evidence& evidence, const CaseRanks& one) {
  Json ranks = Json::array();
  const auto offset = [](const RankTiming& rank, float ns) {
    return rank.samples > 0 ? Json(std::llround(ns)) : Json(nullptr);
  };
  for (const auto& rank : latest(one.ranks)) {
    ranks.push_back({{"rank", rank.rank},
                     {"host", evidence.host_of_rank(one.run, rank.rank)},
                     {"samples", rank.samples},
                     {"arrival_p50_ns", offset(rank, rank.arrival_p50_ns)},
                     {"exit_p50_ns", offset(rank, rank.exit_p50_ns)},
                     {"last_to_arrive", rank.last_to_arrive},
                     {"last_to_leave", rank.last_to_leave}});
  }
  return ranks;
}

/// Of the last cases, which are the largest messages.
Json rank_strips(const Evidence& evidence) {
  const auto& cases = evidence.rank_times;
  Json strips = Json::array();
  for (std::size_t i = cases.size() - std::min(cases.size(), kStrips); i < cases.size(); ++i) {
    strips.push_back({{"case", evidence.words[cases[i].name]},
                      {"total", cases[i].ranks.size()},
                      {"ranks", strip(evidence, cases[i])}});
  }
  return strips;
}

/// Of programs that ran alike on many hosts one, with their number and from when to when they ran.
Json manifests(const Evidence& evidence) {
  Json all = Json::array();
  std::unordered_map<std::string, std::size_t> known;
  for (const auto& m : evidence.manifests) {
    Json components = Json::array();
    for (const auto& c : m.components) {
      components.push_back({{"name", c.name}, {"version", c.version}, {"absent_because", c.absent_because}});
    }
    Json alike{{"tool", m.tool},     {"version", m.version}, {"status", m.status},
               {"reason", m.reason}, {"argv", m.argv},       {"components", components}};
    const auto [at, is_new] = known.emplace(alike.dump(-1, ' ', true, Json::error_handler_t::replace), all.size());
    if (is_new) {
      alike.update({{"host", m.host}, {"hosts", 1}, {"start_utc", m.start_utc}, {"end_utc", m.end_utc}});
      all.push_back(std::move(alike));
      continue;
    }
    auto& first = all[at->second];
    first["hosts"] = first["hosts"].get<std::size_t>() + 1;
    first["start_utc"] = std::min(first["start_utc"].get<std::string>(), m.start_utc);
    first["end_utc"] = std::max(first["end_utc"].get<std::string>(), m.end_utc);
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
