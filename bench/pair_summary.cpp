#include "bench/pair_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/statistics.h"
#include "core/terminal.h"
#include "core/text.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

constexpr std::size_t kListed = 5, kListedHosts = 3;
constexpr std::size_t kReadable = 16;  // endpoints a matrix may have

bool is_latency(const std::string& mode) { return mode == "latency"; }

/// Of an endpoint: h1 of nic/h1/mlx5_0.
std::string host_of(const std::string& endpoint) {
  const auto begin = endpoint.find('/') + 1;
  return endpoint.substr(begin, endpoint.find('/', begin) - begin);
}

std::string figure_text(const std::string& mode, double value) {
  return is_latency(mode) ? core::format_ns(value) : core::format_rate(value);
}

}  // namespace

double PairSummary::Rails::sum() const {
  return std::accumulate(measured.begin(), measured.end(), 0.0,
                         [](double sum, const Figure& rail) { return sum + rail.value; });
}

void PairSummary::add(const core::PairRow& row, bool forward) {
  wrong_ += row.wrong.value_or(0) > 0 ? 1 : 0;
  auto& rails = rails_[{row.mode, row.bytes}][{row.round, forward, host_of(row.src), host_of(row.dst)}];
  if (row.status != "ok") {
    ++failed_;
    ++rails.failed;
    return;
  }
  const double value = is_latency(row.mode) ? static_cast<double>(row.p50_ns.value_or(0)) : row.bw_Bps.value_or(0);
  figures_[{row.mode, row.bytes}].push_back({row.src, row.dst, value});
  rails.measured.push_back({row.src, row.dst, value});
}

std::string PairSummary::overview() const {
  core::Table table(
      {{"mode"}, {"size", true}, {"directions", true}, {"slowest", true}, {"median", true}, {"fastest", true}});
  for (const auto& [key, figures] : figures_) {
    std::vector<double> values;
    for (const auto& figure : figures) {
      values.push_back(figure.value);
    }
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const bool latency = is_latency(key.first);
    table.add({key.first, core::format_bytes(key.second), std::to_string(values.size()),
               figure_text(key.first, latency ? *high : *low), figure_text(key.first, core::median(values)),
               figure_text(key.first, latency ? *low : *high)});
  }
  return table.text();
}

std::string PairSummary::slowest(const Key& key) const {
  auto figures = figures_.at(key);
  const std::size_t listed = std::min(kListed, figures.size());
  std::partial_sort(
      figures.begin(), figures.begin() + std::ptrdiff_t(listed), figures.end(),
      [](const Figure& x, const Figure& y) { return std::tie(x.value, x.src) < std::tie(y.value, y.src); });
  core::Table table({{"slowest, " + key.first + " " + core::format_bytes(key.second)}, {""}, {"rate", true}});
  for (std::size_t i = 0; i < listed; ++i) {
    const auto to = figures[i].src == figures[i].dst ? "itself" : figures[i].dst;
    table.add({figures[i].src, "to " + to, core::format_rate(figures[i].value)});
  }
  return table.text();
}

std::string PairSummary::matrix(const Key& key) const {
  std::set<std::string> endpoints;
  std::map<std::pair<std::string, std::string>, double> rates;
  for (const auto& figure : figures_.at(key)) {
    endpoints.insert({figure.src, figure.dst});
    rates[{figure.src, figure.dst}] = figure.value;
  }
  const bool is_loopback =
      std::ranges::all_of(rates, [](const auto& one) { return one.first.first == one.first.second; });
  if (endpoints.size() > kReadable || is_loopback) {
    return "";
  }
  std::vector<core::Table::Heading> headings = {{"MB/s from, to"}};
  for (const auto& to : endpoints) {
    headings.push_back({core::printable(to.substr(to.find('/') + 1)), true});
  }
  core::Table table(headings);
  for (const auto& from : endpoints) {
    std::vector<std::string> cells = {from};
    for (const auto& to : endpoints) {
      const auto found = rates.find({from, to});
      cells.push_back(found == rates.end() ? "-" : fmt::format("{:.0f}", found->second * 1e-6));
    }
    table.add(std::move(cells));
  }
  return table.text();
}

std::string PairSummary::rails(const Key& key) const {
  std::vector<std::pair<Together, Rails>> wide;
  std::ranges::copy_if(rails_.at(key), std::back_inserter(wide), [](const auto& one) {
    const auto& [src, dst] = std::tie(std::get<2>(one.first), std::get<3>(one.first));
    return src != dst && one.second.measured.size() + one.second.failed > 1;
  });
  if (wide.empty()) {
    return "";
  }
  std::ranges::stable_sort(wide, {}, [](const auto& one) { return one.second.sum(); });
  wide.resize(std::min(kListedHosts, wide.size()));
  core::Table table({{"rails at once, " + key.first + " " + core::format_bytes(key.second)}, {""}, {"rate", true}});
  for (const auto& [together, rails] : wide) {
    const auto count = rails.measured.size();
    const auto of = rails.failed == 0 ? std::to_string(count) : fmt::format("{} of {}", count, count + rails.failed);
    table.add({"host/" + std::get<2>(together), fmt::format("to host/{}, sum of {}", std::get<3>(together), of),
               core::format_rate(rails.sum())});
    for (const auto& rail : rails.measured) {
      table.add({"  " + rail.src, "  to " + rail.dst, core::format_rate(rail.value)});
    }
  }
  return "\n" + table.text();
}

std::string PairSummary::text() const {
  std::string text = overview();
  const auto largest =
      std::find_if(figures_.rbegin(), figures_.rend(), [](const auto& f) { return f.first.first == "uni"; });
  if (largest != figures_.rend()) {
    text += "\n" + matrix(largest->first) + "\n" + slowest(largest->first) + rails(largest->first);
  }
  return text;
}

}  // namespace plumb::bench
