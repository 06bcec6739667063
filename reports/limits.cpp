#include "reports/limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/json_file.h"
#include "reports/default_limits.h"

namespace plumb::reports {
namespace {

Limits from_json(const core::Json& document, const std::string& file) {
  Limits limits;
  try {
    if (document.at("schema").get<int>() > 1) {
      throw core::Error(fmt::format("{}: its schema is newer than this program's; update plumbline", file));
    }
    for (const auto& one : document.at("pair_bandwidth_share_of_line_rate")) {
      limits.bandwidth_shares.push_back({one.at("bytes_from").get<std::int64_t>(), one.at("share").get<double>()});
      const auto& added = limits.bandwidth_shares.back();
      const bool ascends = limits.bandwidth_shares.size() < 2 ||
                           limits.bandwidth_shares[limits.bandwidth_shares.size() - 2].bytes_from < added.bytes_from;
      if (added.share <= 0 || added.share > 1 || !ascends) {
        throw core::Error(fmt::format("{}: shares lie between 0 and 1, and bytes_from goes up", file));
      }
    }
    for (const auto& one : document.value("gpu_floors", core::Json::array())) {
      limits.gpu_floors.push_back(
          {one.at("model").get<std::string>(), one.at("test").get<std::string>(), one.at("at_least").get<double>()});
      if (limits.gpu_floors.back().at_least <= 0) {
        throw core::Error(fmt::format("{}: a GPU's floor is above 0", file));
      }
    }
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

Limits default_limits() { return from_json(core::Json::parse(kDefaultLimits), "limits.json"); }

Limits read_limits(const std::filesystem::path& file) { return from_json(core::read_json(file), file.string()); }

}  // namespace plumb::reports
