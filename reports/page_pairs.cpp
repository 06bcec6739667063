#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/statistics.h"
#include "reports/page_parts.h"
#include "topology/roles.h"

namespace plumb::reports {
namespace {

using core::Json;

constexpr std::size_t kPairRows = 20'000;
constexpr std::size_t kMatrixSide = 256;
constexpr double kPermille = 1e3;
constexpr std::uint32_t kNowhere = Places::kNowhere;

/// Names and what else rows share, each once.
class Shared {
 public:
  template <class Make>
  std::size_t add(std::uint64_t key, Make make) {
    const auto [found, is_new] = known_.try_emplace(key, list_.size());
    if (is_new) {
      list_.push_back(make());
    }
    return found->second;
  }
  [[nodiscard]] Json take() { return std::move(list_); }

 private:
  Json list_ = Json::array();
  std::unordered_map<std::uint64_t, std::size_t> known_;
};

std::vector<std::uint32_t> chosen(const Evidence& evidence, const PairView& view, const std::vector<bool>& is_suspect) {
  std::vector<std::uint32_t> order(evidence.pairs.size());
  for (std::uint32_t m = 0; m < order.size(); ++m) {
    order[m] = m;
  }
  const auto is_innocent = [&](const PairMeasurement& pair) { return !is_suspect[pair.src] && !is_suspect[pair.dst]; };
  const auto key = [&](std::uint32_t m) { return std::tuple(is_innocent(evidence.pairs[m]), view.ratio[m], m); };
  if (order.size() > kPairRows) {
    std::ranges::nth_element(order, order.begin() + kPairRows, {}, key);
    order.resize(kPairRows);
  }
  std::ranges::sort(order, {}, [&](std::uint32_t m) { return std::pair(view.ratio[m], m); });
  return order;
}

template <class FileOf>
void add_failed(const Evidence& evidence, FileOf file, Json& data) {
  data["failed"] = Json::array();
  for (std::size_t i = 0; i < std::min(kPairRows, evidence.failed_pairs.size()); ++i) {
    const auto& [r, place, run] = evidence.failed_pairs[i];
    data["failed"].push_back(
        {r.src, r.dst, r.mode, r.bytes, r.schedule, r.round, r.status, r.reason, file(place), place.line});
  }
}

/// What rows and columns of the matrix are: names, and the place of each endpoint among them.
struct Labels {
  std::string by;
  std::vector<std::string> names;
  std::vector<std::uint32_t> of_endpoint;  // kNowhere: none
};

/// "n2" before "n10"; different texts are never equal.
bool is_before(const std::string& a, const std::string& b) {
  return topology::natural_less(a, b) || (!topology::natural_less(b, a) && a < b);
}

Labels named(std::string by, const std::vector<std::string>& name_of_endpoint) {
  std::unordered_map<std::string_view, std::uint32_t> places;
  for (const auto& name : name_of_endpoint) {
    places.try_emplace(name, 0);
  }
  Labels labels{std::move(by), {}, {}};
  std::ranges::transform(places, std::back_inserter(labels.names),
                         [](const auto& one) { return std::string(one.first); });
  std::ranges::sort(labels.names, is_before);
  for (std::uint32_t i = 0; i < labels.names.size(); ++i) {
    places[labels.names[i]] = i;
  }
  std::ranges::transform(name_of_endpoint, std::back_inserter(labels.of_endpoint),
                         [&](const std::string& name) { return places.at(name); });
  return labels;
}

/// Leaves, or pods, when every endpoint has one and there are neither too many nor one alone.
std::optional<Labels> by_place(bool pods, const Evidence& evidence, const topology::Graph& graph,
                               const Places& places) {
  Labels labels{pods ? "pod" : "leaf", {}, {}};
  for (const auto pod : places.pods) {
    labels.names.emplace_back(pod);
  }
  if (!pods) {
    labels.names.clear();
    std::ranges::transform(places.leaves, std::back_inserter(labels.names),
                           [&](const auto& leaf) { return std::string(graph.row(leaf.node).id); });
  }
  for (std::uint32_t e = 0; e < evidence.endpoints.size(); ++e) {
    const auto leaf = places.leaf_of_endpoint(e);
    labels.of_endpoint.push_back(leaf == kNowhere || !pods ? leaf : places.leaves[leaf].pod);
  }
  const bool fits = labels.names.size() > 1 && labels.names.size() <= kMatrixSide;
  return fits && std::ranges::count(labels.of_endpoint, kNowhere) == 0 ? std::optional(labels) : std::nullopt;
}

/// By endpoint: its host's id, or its own where it tells none.
std::vector<std::string> hosts_of(const Evidence& evidence) {
  std::vector<std::string> hosts;
  std::ranges::transform(evidence.endpoints, std::back_inserter(hosts), [](const std::string& id) {
    const auto host = host_of(id);
    return host.empty() ? id : "host/" + host;
  });
  return hosts;
}

bool are_too_many(const std::vector<std::string>& names) {
  std::unordered_set<std::string_view> distinct;
  for (const auto& name : names) {
    if (distinct.insert(name); distinct.size() > kMatrixSide) {
      return true;
    }
  }
  return false;
}

Labels labels_of(const Evidence& evidence, const topology::Graph& graph, const Places& places) {
  if (evidence.endpoints.size() <= kMatrixSide) {
    return named("endpoint", evidence.endpoints);
  }
  const auto hosts = hosts_of(evidence);
  if (are_too_many(hosts)) {
    for (const bool pods : {false, true}) {
      if (auto labels = by_place(pods, evidence, graph, places)) {
        return *labels;
      }
    }
  }
  return named("host", hosts);
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

}  // namespace

Json page_pairs(const Evidence& evidence, const PairView& view, const Places& places,
                const std::vector<bool>& is_suspect) {
  Shared ends, settings, classes, files;
  Json leaves = Json::array(), rows = Json::array();
  const auto end = [&](std::uint32_t e) {
    return ends.add(e, [&] {
      const auto leaf = places.leaf_of_endpoint(e);
      leaves.push_back(leaf == kNowhere ? Json(-1) : Json(leaf));
      return Json(evidence.endpoints[e]);
    });
  };
  const auto file = [&](const Place& place) {
    return files.add(place.file, [&] { return Json(evidence.file_of(place)); });
  };
  for (const auto m : chosen(evidence, view, is_suspect)) {
    const auto& p = evidence.pairs[m];
    const auto& s = evidence.settings[p.setting];
    const auto& expected = view.expectations.of(m);
    const auto index = static_cast<std::uint64_t>(&expected - view.expectations.classes().data());
    const auto whole = [](double value) { return value > 0 ? Json(std::llround(value)) : Json(nullptr); };
    rows.push_back({end(p.src), end(p.dst),
                    settings.add(p.setting,
                                 [&] {
                                   return Json{s.mode, s.bytes, s.schedule};
                                 }),
                    classes.add(index,
                                [&] {
                                  return Json{expected.name, whole(expected.expected)};
                                }),
                    p.round, std::llround(view.ratio[m] * kPermille), whole(p.bw_Bps), whole(p.min_bw_Bps),
                    whole(p.p50_ns), whole(p.p99_ns), p.wrong, file(p.place), p.place.line});
  }
  Json data = {{"ends", ends.take()},
               {"settings", settings.take()},
               {"classes", classes.take()},
               {"leaves", std::move(leaves)},
               {"rows", std::move(rows)}};
  data["total"] = evidence.pairs.size() + evidence.failed_pairs.size();
  add_failed(evidence, file, data);
  data["files"] = files.take();
  return data;
}

Json page_matrix(const Evidence& evidence, const PairView& view, const topology::Graph& graph, const Places& places) {
  const auto labels = labels_of(evidence, graph, places);
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
  for (const auto& cell : cells) {
    values.push_back(cell.empty() ? Json(nullptr) : Json(std::llround(core::median(cell) * kPermille)));
  }
  return {{"by", labels.by}, {"labels", names}, {"values", values}};
}

}  // namespace plumb::reports
