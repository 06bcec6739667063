#include "topology/command.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/csv_writer.h"
#include "core/json_file.h"
#include "topology/nvml.h"
#include "topology/pci_devices.h"

namespace plumb::topology {
namespace {

std::string this_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

void add_origin_options(CLI::App& command, Origin& origin) {
  origin.live.host = this_host();
  command.add_option("--from", origin.from,
                     "what to learn from: node (this host), lldp (its neighbours), ib (the InfiniBand fabric), a run "
                     "directory, a file in any known format, "
                     "synthetic:fat-tree:hosts=64,… or synthetic:rail:hosts=64,rails=8,…; may be repeated");
  command.add_option("--root", origin.live.root, "read a captured machine below this directory instead of /");
  const auto name_host = [&origin](const std::string& name) { origin.live.host = origin.live.file_host = name; };
  command.add_option_function<std::string>(
      "--host", name_host,
      "name of this host, or of the one where a file was taken that does not say (default: its host name)");
  command.add_option("--lldp-socket", origin.live.lldp_socket, "the socket of lldpd, when it is not the usual one");
  command.add_option("--counters", origin.live.counter_s, "read port counters twice, this many seconds apart")
      ->check(CLI::PositiveNumber);
  command.add_option("--ib-device", origin.live.ib_device,
                     "look from this device, e.g. mlx5_0 (default: the first up)");
  command.add_option("--ib-port", origin.live.ib_port, "and this port of it")->check(CLI::Range(1, 254));
  command.add_option("--time-limit", origin.live.time_limit_s, "seconds for a discovery, or a reading of all counters")
      ->check(CLI::Range(1.0, 86400.0));
}

std::vector<std::unique_ptr<Source>> sources_of(const Origin& origin) {
  std::vector<std::unique_ptr<Source>> sources;
  for (const auto& from : origin.from) {
    sources.push_back(source_for(from, origin.live));
  }
  return sources;
}

Graph learn(const std::vector<std::unique_ptr<Source>>& sources, Roles roles) {
  GraphBuilder builder;
  for (const auto& source : sources) {
    if (const auto reason = source->why_absent(); reason.empty()) {
      source->add_to(builder);
    } else {
      builder.remark({"", source->name(), "source", "absent", reason, "a source that can tell", ""});
    }
  }
  return std::move(builder).seal(roles);
}

bool is_rule(const std::string& plan) { return plan.starts_with("rail:") || plan.starts_with("fat-tree:"); }

Graph learn_plan(const std::string& plan) {
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(source_for(is_rule(plan) ? "synthetic:" + plan : plan, {}));
  return learn(sources);
}

void write_map(const Graph& graph, const core::RunDir& dir, const std::string& host) {
  const auto write = [&](std::string_view table, const auto& rows) {
    core::write_file_atomically(dir.table_path(table, host), core::table_text(rows));
  };
  write(core::NodeRow::kTable, graph.rows());
  write(core::LinkRow::kTable, graph.link_rows());
  if (!graph.remarks().empty()) {
    write(kRemarkTable, graph.remarks());
  }
  if (!graph.port_rows().empty()) {
    write(core::PortRow::kTable, graph.port_rows());
  }
}

core::ExitCode exit_code_of(std::span<const core::CheckRow> rows) {
  const auto has = [&](std::string_view status) {
    return std::ranges::count(rows, status, &core::CheckRow::status) > 0;
  };
  if (has("absent")) {
    return core::ExitCode::failure;
  }
  return has("fail") || has("warn") ? core::ExitCode::findings : core::ExitCode::pass;
}

std::vector<core::Component> components() {
  const auto lldp = lldp_version();
  std::vector<core::Component> list{{"hwloc", hwloc_version(), ""},
                                    {"ibnetdisc", PLUMB_IBNETDISC_VERSION, ""},
                                    {"lldp", lldp, lldp.empty() ? "lldpcli is not installed; scripts/setup" : ""}};
  const auto nvml = read_nvml();
  list.push_back({"nvml", nvml.driver, nvml.why_absent});
  return list;
}

}  // namespace plumb::topology
