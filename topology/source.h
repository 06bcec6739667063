// One way to learn about the fabric. A source adds what it saw and judges nothing.
#pragma once

#include <cstdint>
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

/// How live sources look.
struct LiveOptions {
  std::string root = "/";                  // of the machine: another one for tests and captured machines
  std::string nvml = "libnvidia-ml.so.1";  // of this machine; not asked about another one
  std::string host;                        // the name of this host in the map
  std::string file_host;    // the same, if the user gave it: of files that tell of one host and not of which
  std::string lldp_socket;  // of lldpd; empty: where lldpcli looks
  double counter_s = 0;     // read port counters twice, this far apart; 0: do not read them
  std::string ib_device;    // the InfiniBand port to look from; empty and 0: the first that is up
  int ib_port = 0;
  double time_limit_s = 300;  // for one discovery, and for one reading of all counters
};

/// This host: hwloc and sysfs.
std::unique_ptr<Source> node_source(const LiveOptions& options);

/// The LLDP daemon of this machine.
std::unique_ptr<Source> lldp_source(const LiveOptions& options);

/// Of lldpd's command line: "1.0.16"; empty when it is not there.
std::string lldp_version();

/// The InfiniBand fabric that a port of this host is on, by management datagrams.
std::unique_ptr<Source> ib_source(const LiveOptions& options);

/// A file in any of the formats of file_reader.h, recognised by its content.
std::unique_ptr<Source> file_source(const std::string& file, const std::string& host = "");

/// The `source` cell of what was planned and nobody has seen.
inline constexpr std::string_view kPlanned = "plan";

/// The same file as a plan.
std::unique_ptr<Source> plan_source(const std::string& file);

/// The map without what was only planned.
Graph seen_of(const Graph& graph, Roles roles = Roles::by_cables);

/// What plumb-topo wrote into a run directory; its parts alone, or with its remarks and counters.
enum class RunDirTells : std::uint8_t { parts, everything };
std::unique_ptr<Source> run_dir_source(const std::string& dir, RunDirTells tells = RunDirTells::everything);

/// "fat-tree:hosts=64,leaf=16,spines=4" or "rail:hosts=64,rails=8,…"; docs/topology.md has the keys.
/// Throws UsageError on a key it does not know.
std::unique_ptr<Source> synthetic_source(const std::string& spec);

/// "node", "lldp", "ib", "synthetic:SPEC", a run directory, or a file. Throws UsageError on anything else.
std::unique_ptr<Source> source_for(const std::string& from, const LiveOptions& options);

/// The table in which remarks stand: checks.map.csv, checks.map.<host>.csv.
inline constexpr std::string_view kRemarkTable = "checks.map";

}  // namespace plumb::topology
