// NCCL's own log of a run, kept in the run directory and read there: what NCCL did needs no flag.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/ranks.h"

namespace plumb::bench {

/// NCCL_DEBUG and the like, by name and value, to be set before NCCL is called: what the user has set, in his
/// environment or in a file that NCCL reads (`is_set`), is left out. None where NCCL could not write to `folder` ('%'
/// in a path means something to NCCL). A process writes to <tool>.<host>.<pid>.log.
std::vector<std::pair<std::string, std::string>> nccl_log_settings(
    const std::filesystem::path& folder, std::string_view tool,
    const std::function<bool(const std::string& name)>& is_set);

/// True where the environment, ~/.nccl.conf (or the file that NCCL_CONF_FILE names) or /etc/nccl.conf set `name`.
bool nccl_variable_is_set(const std::string& name);

class NcclLogCapture {
 public:
  /// Called by all ranks before NCCL's first call; `run_dir` is the same on all, and each host writes to its own where
  /// it is not shared. Earlier logs of `tool` in it are removed. Nothing is done for other backends, or without NCCL.
  NcclLogCapture(const Ranks& ranks, const std::string& backend, const std::filesystem::path& run_dir,
                 const std::string& tool);
  /// On rank 0: has plumb-nccl-log, which lies beside this program or in PATH, write what the logs in the run directory
  /// say into checks.nccl.csv, unless that is done; says on stderr what went wrong. Waits for nobody.
  ~NcclLogCapture();
  NcclLogCapture(const NcclLogCapture&) = delete;
  NcclLogCapture& operator=(const NcclLogCapture&) = delete;

  /// On rank 0, any thread: the run ends here. Keeps what NCCL's RAS answered, if anything, as
  /// <run_dir>/nccl-ras.<tool>.txt, and reads the logs now.
  void abandon(const std::string& ras_answer);

 private:
  void read();

  std::filesystem::path run_dir_;  // empty: nothing to read here
  std::filesystem::path ras_file_;
};

}  // namespace plumb::bench
