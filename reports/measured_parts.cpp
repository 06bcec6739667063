#include "reports/measured_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <unordered_map>

namespace plumb::reports {
namespace {

using Versions = std::map<std::string, std::set<std::string>>;  // values by name

std::string joined(const std::set<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::string text_of(const Versions& versions) {
  std::string text;
  for (const auto& [name, values] : versions) {
    text += fmt::format("{}\t{}\n", name, joined(values));
  }
  return text;
}

void add_components(const core::Manifest& manifest, Versions& versions) {
  for (const auto& component : manifest.components) {
    if (!component.version.empty()) {
      versions[component.name].insert(component.version);
    }
  }
}

class PartReader {
 public:
  PartReader(const Evidence& evidence, const Fabric& fabric) : graph_(fabric.graph()) {
    for (const auto& manifest : evidence.manifests) {
      if (!manifest.host.empty()) {
        add_components(manifest, of_host_[manifest.host]);
      }
    }
  }

  void complete(MeasuredPart& part) const {
    std::set<std::string> models;
    Versions versions;
    if (const auto known = of_host_.find(host_name(part.host)); known != of_host_.end()) {
      versions = known->second;
    }
    read(part.component, part, models, versions);
    for (const auto& other : part.also) {
      read(other, part, models, versions);
    }
    part.kind = kind_of(part.component);
    if (!models.empty()) {
      part.kind += " " + joined(models);
    }
    part.versions = text_of(versions);
  }

 private:
  static std::string host_name(const std::string& id) { return id.substr(std::min(id.size(), sizeof("host/") - 1)); }

  void read(const std::string& id, MeasuredPart& part, std::set<std::string>& models, Versions& versions) const {
    const auto node = graph_.find(id);
    if (!node) {
      return;
    }
    if (graph_.kind(*node) == topology::NodeKind::host) {
      for (const auto nic : graph_.nics_of(*node)) {
        read_node(nic, models, versions);
      }
      return;
    }
    read_node(*node, models, versions);
    for (const auto& hop : graph_.hops(*node)) {
      if (graph_.kind(hop.to) == topology::NodeKind::network_switch) {
        part.leaf = graph_.row(hop.to).id;
        keep(versions, "leaf firmware", graph_.row(hop.to).firmware);
      }
    }
  }

  void read_node(topology::NodeIndex node, std::set<std::string>& models, Versions& versions) const {
    const auto& row = graph_.row(node);
    const std::string whose = graph_.kind(node) == topology::NodeKind::gpu ? "GPU " : "";
    keep(versions, whose + "driver", row.driver);
    keep(versions, whose + "firmware", row.firmware);
    if (!row.model.empty()) {
      models.emplace(row.model);
    }
  }

  static void keep(Versions& versions, const std::string& name, std::string_view value) {
    if (!value.empty()) {
      versions[name].emplace(value);
    }
  }

  const topology::Graph& graph_;
  std::unordered_map<std::string, Versions> of_host_;
};

MeasuredPart part_named(const std::string& id) {
  MeasuredPart part;
  part.component = id;
  const auto host = host_of(id);
  part.host = host.empty() ? "" : "host/" + host;
  return part;
}

/// What its first measurement to another host touched of its own host.
void add_companions(const Evidence& evidence, const Fabric& fabric, const PairView& view,
                    std::vector<MeasuredPart>& parts) {
  constexpr float kSurely = 0.999F;
  std::vector<bool> seen(parts.size());
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto [src, dst] = std::pair(evidence.pairs[m].src, evidence.pairs[m].dst);
    for (const auto& ends : {std::pair(src, dst), std::pair(dst, src)}) {
      const auto end = ends.first, far = ends.second;
      if (seen[end] || parts[end].host.empty() || parts[end].host == parts[far].host) {
        continue;
      }
      seen[end] = true;
      const auto note = [&](std::uint32_t touched, const Touch& touch) {
        const auto& part = fabric.parts()[touched];
        const bool own = part.kind != "host" && "host/" + std::string(part.host) == parts[end].host;
        if (own && touch.weight > kSurely && part.id != parts[end].component) {
          parts[end].also.emplace_back(part.id);
        }
      };
      for (const auto stretch : view.paths.touches.stretches_of(view.paths.of_pair(m))) {
        view.paths.touches.for_each_part(stretch, note);
      }
    }
  }
}

std::string start_by_name(const std::string& name) {
  constexpr std::string_view kShape = "00000000T000000Z";
  const bool fits =
      name.size() >= kShape.size() && std::equal(kShape.begin(), kShape.end(), name.begin(), [](char shape, char c) {
        return shape == '0' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == shape;
      });
  if (!fits) {
    throw core::Error(
        fmt::format("{}: no manifest tells when the run started, so the history cannot tell which runs "
                    "came before; name the directory 20261123T182600Z-{} or so",
                    name, name));
  }
  const auto part = [&](std::size_t at, std::size_t count) { return name.substr(at, count); };
  return fmt::format("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 2), part(6, 2), part(9, 2), part(11, 2), part(13, 2));
}

}  // namespace

std::vector<MeasuredPart> measured_parts(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement) {
  std::vector<MeasuredPart> parts;
  std::vector<bool> is_gpu(evidence.words.size());
  for (const auto& endpoint : evidence.endpoints) {
    parts.push_back(part_named(endpoint));
  }
  add_companions(evidence, fabric, judgement.pairs, parts);
  for (const auto& reading : evidence.gpu_rows) {
    is_gpu[reading.gpu] = true;
  }
  const std::set<std::string_view> ends(evidence.endpoints.begin(), evidence.endpoints.end());
  for (std::size_t gpu = 0; gpu < is_gpu.size(); ++gpu) {
    if (is_gpu[gpu] && !ends.contains(evidence.words[gpu])) {
      parts.push_back(part_named(evidence.words[gpu]));
    }
  }
  const PartReader reader(evidence, fabric);
  for (auto& part : parts) {
    reader.complete(part);
  }
  return parts;
}

std::map<std::string, std::string> facts_of(const std::vector<core::Manifest>& manifests) {
  Versions versions;
  for (const auto& manifest : manifests) {
    if (!manifest.host.empty()) {
      continue;
    }
    add_components(manifest, versions);
    versions[manifest.tool].insert(manifest.version);
    for (const auto& [name, value] : manifest.environment) {
      versions[name].insert(value);
    }
  }
  std::map<std::string, std::string> facts;
  for (const auto& [name, values] : versions) {
    facts.emplace(name, joined(values));
  }
  return facts;
}

std::string start_of(const Evidence& evidence) {
  std::string start;
  for (const auto& manifest : evidence.manifests) {
    if (!manifest.start_utc.empty() && (start.empty() || manifest.start_utc < start)) {
      start = manifest.start_utc;
    }
  }
  return start.empty() ? start_by_name(evidence.runs.front()) : start;
}

}  // namespace plumb::reports
