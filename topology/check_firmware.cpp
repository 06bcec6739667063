#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "topology/checks.h"

namespace plumb::topology {

void check_firmware(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const auto& graph = checked.found;
  std::map<std::string, std::map<std::string, std::vector<NodeIndex>>> devices;  // by class and model, by version
  std::size_t known = 0;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (const auto& row = graph.row(n); !row.firmware.empty()) {
      devices[std::string(row.kind) + " " + std::string(row.model)][std::string(row.firmware)].push_back(n);
      ++known;
    }
  }
  std::size_t differing = 0;
  for (const auto& [model, versions] : devices) {
    const auto most = std::ranges::max_element(versions, {}, [](const auto& one) { return one.second.size(); });
    for (const auto& [version, nodes] : versions) {
      for (const auto node : version == most->first ? std::vector<NodeIndex>() : nodes) {
        const auto& row = graph.row(node);
        rows.push_back({std::string(row.host), std::string(row.id), "firmware", "warn", version,
                        fmt::format("{}, as {} of its model", most->first, most->second.size()),
                        "bring it to the version of the others before comparing its speed with theirs"});
        ++differing;
      }
    }
  }
  if (known > 0 && differing == 0) {
    rows.push_back({"", "", "firmware", "pass", fmt::format("{} devices", known), "one version a model", ""});
  }
}

}  // namespace plumb::topology
