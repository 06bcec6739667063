// One way to learn about the fabric. A source adds what it saw and judges nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

class Source {
 public:
  virtual ~Source() = default;
  /// "node", "plan", …: the `source` cell of what it adds.
  [[nodiscard]] virtual std::string name() const = 0;
  /// Why it can tell nothing here; empty when it can.
  [[nodiscard]] virtual std::string why_absent() const { return ""; }
  /// Throws Error with file and line on broken input.
  virtual void add_to(GraphBuilder& builder) = 0;
};

/// This host: hwloc and sysfs below `root` ("/" but for tests and captured machines), under the name `host`.
std::unique_ptr<Source> node_source(const std::string& root, const std::string& host);

/// A CSV file with the columns of links.csv or nodes.csv: what was planned, where it cannot be discovered.
std::unique_ptr<Source> plan_source(const std::string& file);

/// What plumb-topo wrote into a run directory.
std::unique_ptr<Source> run_dir_source(const std::string& dir);

/// "fat-tree:hosts=64,leaf=16,spines=4" or "rail:hosts=64,rails=8,…"; docs/topology.md has the keys.
/// Throws UsageError on a key it does not know.
std::unique_ptr<Source> synthetic_source(const std::string& spec);

/// "node", "synthetic:SPEC", a run directory, or a CSV file. Throws UsageError on anything else.
std::unique_ptr<Source> source_for(const std::string& from, const std::string& root, const std::string& host);

}  // namespace plumb::topology
