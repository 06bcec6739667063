#include "bench/port_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <set>
#include <string_view>
#include <tuple>

#include "bench/rdma_ports.h"
#include "core/run_dir.h"
#include "topology/sysfs.h"

namespace plumb::bench {
namespace {

constexpr std::string_view kNotCounted = "lifespan";  // how long hw_counters are cached, in ms

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

std::int64_t unix_now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

std::vector<core::PortRow> read_port_counters(const std::filesystem::path& root, const std::string& host,
                                              const std::string& phase, std::int64_t t_unix_ns) {
  const topology::Sysfs sysfs(root);
  std::vector<core::PortRow> rows;
  for (const auto& port : rdma_ports(root)) {
    for (const auto* folder : {"counters", "hw_counters"}) {
      const auto path = fmt::format("sys/class/infiniband/{}/ports/{}/{}", port.device, port.port, folder);
      for (const auto& counter : sysfs.entries(path)) {
        const auto value = whole_number(sysfs.text(path + "/" + counter));
        if (value && counter != kNotCounted) {
          rows.push_back({t_unix_ns, phase, fmt::format("nic/{}/{}", host, port.device), port.port, counter, value});
        }
      }
    }
  }
  return rows;
}

std::vector<core::PortRow> rows_that_moved(const std::vector<core::PortRow>& before,
                                           const std::vector<core::PortRow>& after) {
  using Told = std::tuple<std::string_view, std::string_view, std::string_view, core::MaybeInteger>;
  const auto told = [](const core::PortRow& row) { return Told(row.node, row.port, row.counter, row.value); };
  std::vector<core::PortRow> rows;
  const auto add = [&](const std::vector<core::PortRow>& reading, const std::vector<core::PortRow>& other) {
    std::set<Told> still;
    std::ranges::transform(other, std::inserter(still, still.end()), told);
    const core::PortRow* last = nullptr;
    for (const auto& row : reading) {
      const bool is_first = last == nullptr || last->node != row.node || last->port != row.port;
      if (is_first || !still.contains(told(row))) {
        rows.push_back(row);
      }
      last = &row;
    }
  };
  add(before, after);
  add(after, before);
  return rows;
}

PortLog::PortLog(const Ranks& ranks, const std::vector<core::RankRow>& rows, const std::filesystem::path& run_dir) {
  const auto path = ranks.broadcast(run_dir.string());
  if (const auto& own = rows[static_cast<std::size_t>(ranks.rank())]; own.local_rank == 0) {
    host_ = own.host;
    run_dir_ = path;
    before_ = read_port_counters("/", host_, "before", unix_now_ns());
  }
}

void PortLog::finish() const {
  if (run_dir_.empty() || before_.empty()) {
    return;
  }
  auto writer = core::RunDir::create(run_dir_).writer<core::PortRow>(host_);
  for (const auto& row : rows_that_moved(before_, read_port_counters("/", host_, "after", unix_now_ns()))) {
    writer.add(row);
  }
  writer.flush();
}

}  // namespace plumb::bench
