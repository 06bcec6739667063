#include "topology/exporter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/error.h"
#include "topology/exporters.h"

namespace plumb::topology {
namespace {

constexpr std::array kExporters{
    Exporter{"dot", "a picture by Graphviz", dot_text},
    Exporter{"graphml", "all nodes and links, for yEd, Gephi and networkx", graphml_text},
    Exporter{"ibnetdiscover", "InfiniBand nodes and cables, also a fabric for ibsim", ibnetdiscover_text},
    Exporter{"json", "nodes and links with all that is known of them", json_text},
    Exporter{"nccl", "topology file of NCCL, one host from the inside", nccl_text},
    Exporter{"slurm", "topology.conf of Slurm, a tree", slurm_text},
    Exporter{"slurm-yaml", "topology.yaml of Slurm 25.05 and later", slurm_yaml_text},
};

}  // namespace

std::span<const Exporter> exporters() { return kExporters; }

const Exporter& exporter_of(std::string_view format) {
  const auto exporter = std::ranges::find(kExporters, format, &Exporter::format);
  if (exporter == kExporters.end()) {
    std::vector<std::string_view> formats;
    std::ranges::transform(kExporters, std::back_inserter(formats), &Exporter::format);
    throw core::UsageError(fmt::format("--format {}: is none of {}", format, fmt::join(formats, ", ")));
  }
  return *exporter;
}

}  // namespace plumb::topology
