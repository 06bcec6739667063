// The forms in which a map goes to other tools. A form is one row of a table and one file with one function.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "topology/graph.h"

namespace plumb::topology {

/// What some forms need to know beyond the map.
struct ExportOptions {
  std::string host;  // the one that a form for a single host tells of; empty: the only one in the map
};

struct Exporter {
  std::string_view format;  // the word of --format
  std::string_view says;    // one line for --help
  /// The whole file. Names are escaped as the form asks. Throws Error when the form cannot hold the map.
  std::string (*text)(const Graph& graph, const ExportOptions& options);
};

std::span<const Exporter> exporters();

/// Throws UsageError that lists the formats on another word.
const Exporter& exporter_of(std::string_view format);

}  // namespace plumb::topology
