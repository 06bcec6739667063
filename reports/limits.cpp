#include "reports/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/json_file.h"
#include "reports/default_limits.h"

namespace plumb::reports {
namespace {

using Floor = Limits::CollectiveFloor;

/// What a floor of a collective may say, and where that is kept.
template <class Value>
struct Key {
  const char* key;
  Value Floor::*member;
};
constexpr Key<std::string> kTexts[] = {{"collective", &Floor::collective},
                                       {"backend", &Floor::backend},
                                       {"memory", &Floor::memory},
                                       {"gpu_model", &Floor::gpu_model},
                                       {"algorithm", &Floor::algorithm}};
constexpr Key<std::optional<std::int64_t>> kCounts[] = {{"hosts", &Floor::hosts},
                                                        {"ranks", &Floor::ranks},
                                                        {"calls", &Floor::calls},
                                                        {"bytes_from", &Floor::bytes_from},
                                                        {"bytes_to", &Floor::bytes_to}};
constexpr Key<std::optional<double>> kBounds[] = {{"busbw_Bps_at_least", &Floor::busbw_Bps_at_least},
                                                  {"p50_ns_at_most", &Floor::p50_ns_at_most}};

void put(const core::Json& value, std::string& into) { into = value.get<std::string>(); }
template <class Number>
void put(const core::Json& value, std::optional<Number>& into) {
  into = value.get<Number>();
}

/// What is not said leaves nothing.
void say(const char* key, const std::string& value, core::Json& into) {
  if (!value.empty()) {
    into[key] = value;
  }
}
template <class Number>
void say(const char* key, const std::optional<Number>& value, core::Json& into) {
  if (value) {
    into[key] = *value;
  }
}

template <class Keys>
void say_all(const Keys& keys, const Floor& floor, core::Json& into) {
  for (const auto& one : keys) {
    say(one.key, floor.*one.member, into);
  }
}

/// True when one of `keys` is `key`, and is now filled.
template <class Keys>
bool take(const Keys& keys, const std::string& key, const core::Json& value, Floor& floor) {
  for (const auto& one : keys) {
    if (key == one.key) {
      put(value, floor.*one.member);
      return true;
    }
  }
  return false;
}

void read_shares(const core::Json& document, const std::string& file, Limits& limits) {
  for (const auto& one : document.at("pair_bandwidth_share_of_line_rate")) {
    limits.bandwidth_shares.push_back({one.at("bytes_from").get<std::int64_t>(), one.at("share").get<double>()});
    const auto& added = limits.bandwidth_shares.back();
    const bool ascends = limits.bandwidth_shares.size() < 2 ||
                         limits.bandwidth_shares[limits.bandwidth_shares.size() - 2].bytes_from < added.bytes_from;
    if (added.share <= 0 || added.share > 1 || !ascends) {
      throw core::Error(fmt::format("{}: shares lie between 0 and 1, and bytes_from goes up", file));
    }
  }
}

void read_gpu_floors(const core::Json& document, const std::string& file, Limits& limits) {
  for (const auto& one : document.value("gpu_floors", core::Json::array())) {
    limits.gpu_floors.push_back(
        {one.at("model").get<std::string>(), one.at("test").get<std::string>(), one.at("at_least").get<double>()});
    if (limits.gpu_floors.back().at_least <= 0) {
      throw core::Error(fmt::format("{}: a GPU's floor is above 0", file));
    }
  }
}

/// A key that is not known would be a limit that nobody keeps.
void read_collective_floors(const core::Json& document, const std::string& file, Limits& limits) {
  for (const auto& one : document.value("collective_floors", core::Json::array())) {
    auto& floor = limits.collective_floors.emplace_back();
    const auto where = fmt::format("{}: collective_floors, number {}", file, limits.collective_floors.size());
    for (const auto& [key, value] : one.items()) {
      if (!take(kTexts, key, value, floor) && !take(kCounts, key, value, floor) && !take(kBounds, key, value, floor)) {
        throw core::Error(fmt::format("{}: '{}' is not known", where, key));
      }
    }
    if (floor.collective.empty() || (!floor.busbw_Bps_at_least && !floor.p50_ns_at_most)) {
      throw core::Error(fmt::format("{}: needs collective, and busbw_Bps_at_least or p50_ns_at_most", where));
    }
    if (floor.busbw_Bps_at_least.value_or(1) <= 0 || floor.p50_ns_at_most.value_or(1) <= 0) {
      throw core::Error(fmt::format("{}: a limit is above 0", where));
    }
  }
}

Limits from_json(const core::Json& document, const std::string& file) {
  Limits limits;
  try {
    if (document.at("schema").get<int>() > 1) {
      throw core::Error(fmt::format("{}: its schema is newer than this program's; update plumbline", file));
    }
    read_shares(document, file, limits);
    read_gpu_floors(document, file, limits);
    read_collective_floors(document, file, limits);
  } catch (const core::Json::exception& error) {
    throw core::Error(fmt::format("{}: {}", file, error.what()));
  }
  return limits;
}

}  // namespace

std::optional<double> Limits::share_at(std::int64_t bytes) const {
  std::optional<double> share;
  for (const auto& one : bandwidth_shares) {
    if (bytes >= one.bytes_from) {
      share = one.share;
    }
  }
  return share;
}

std::optional<double> Limits::gpu_floor(std::string_view model, std::string_view test) const {
  const auto found = std::ranges::find_if(
      gpu_floors, [&](const GpuFloor& floor) { return floor.model == model && floor.test == test; });
  return found == gpu_floors.end() ? std::nullopt : std::optional(found->at_least);
}

bool Floor::is_for(const core::CaseRow& row) const {
  const auto is = [](const std::string& wanted, const std::string& have) { return wanted.empty() || wanted == have; };
  const auto counts = [](const auto& wanted, const core::MaybeInteger& have) { return !wanted || wanted == have; };
  return is(collective, row.collective) && is(backend, row.backend) && is(memory, row.memory) &&
         is(gpu_model, row.gpu_model) && is(algorithm, row.algorithm) && counts(hosts, row.hosts) &&
         counts(ranks, row.ranks) && counts(calls, row.calls) && row.bytes >= bytes_from.value_or(row.bytes) &&
         row.bytes <= bytes_to.value_or(row.bytes);
}

std::optional<double> Floor::share_of(const core::CaseRow& row) const {
  std::optional<double> share;
  if (busbw_Bps_at_least && row.busbw_Bps) {
    share = *row.busbw_Bps / *busbw_Bps_at_least;
  }
  if (const auto p50_ns = row.p50_ns.value_or(0); p50_ns_at_most && p50_ns > 0) {
    share = std::min(share.value_or(INFINITY), *p50_ns_at_most / static_cast<double>(p50_ns));
  }
  return share;
}

core::Json to_json(const Limits& limits) {
  core::Json shares = core::Json::array(), gpus = core::Json::array(), collectives = core::Json::array();
  for (const auto& one : limits.bandwidth_shares) {
    shares.push_back({{"bytes_from", one.bytes_from}, {"share", one.share}});
  }
  for (const auto& one : limits.gpu_floors) {
    gpus.push_back({{"model", one.model}, {"test", one.test}, {"at_least", one.at_least}});
  }
  for (const auto& one : limits.collective_floors) {
    core::Json said = core::Json::object();
    say_all(kTexts, one, said);
    say_all(kCounts, one, said);
    say_all(kBounds, one, said);
    collectives.push_back(std::move(said));
  }
  return {{"schema", 1},
          {"pair_bandwidth_share_of_line_rate", shares},
          {"gpu_floors", gpus},
          {"collective_floors", collectives}};
}

Limits default_limits() { return from_json(core::Json::parse(kDefaultLimits), "limits.json"); }

Limits read_limits(const std::filesystem::path& file) { return from_json(core::read_json(file), file.string()); }

}  // namespace plumb::reports
