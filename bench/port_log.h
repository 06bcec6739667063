// Counters of a host's RDMA ports before and after what is measured, as far as they moved: ports.<host>.csv. Read-only,
// never cleared.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/ranks.h"
#include "core/rows.h"

namespace plumb::bench {

/// All counters below `root` (which is "/", or a captured machine): those of sysfs' `counters` and `hw_counters`.
/// Values that are no whole numbers are left out.
std::vector<core::PortRow> read_port_counters(const std::filesystem::path& root, const std::string& host,
                                              const std::string& phase, std::int64_t t_unix_ns);

/// Of two readings, one after the other, the rows of counters that moved between them or are in one alone, and of each
/// port its first: most counters stand still, and of a port that was looked at the report takes the others for that.
std::vector<core::PortRow> rows_that_moved(const std::vector<core::PortRow>& before,
                                           const std::vector<core::PortRow>& after);

class PortLog {
 public:
  /// Reads the counters before. `run_dir` counts on rank 0; the first rank of each host reads and writes there. Hosts
  /// without RDMA ports have no file. Called by all ranks.
  PortLog(const Ranks& ranks, const std::vector<core::RankRow>& rows, const std::filesystem::path& run_dir);
  /// Reads them again and writes what moved. Called once by all ranks; waits for nobody.
  void finish() const;

 private:
  std::filesystem::path run_dir_;  // empty on ranks that do not write
  std::string host_;
  std::vector<core::PortRow> before_;
};

}  // namespace plumb::bench
