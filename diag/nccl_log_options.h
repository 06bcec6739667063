// Command line of plumb-nccl-log.
#pragma once

#include <string>
#include <vector>

namespace plumb::diag {

struct NcclLogOptions {
  std::vector<std::string> logs, inspector;  // files; of a directory all that lie in it
  std::string run_dir;                       // empty: print only
};

/// Throws CLI::ParseError (help too) or UsageError.
NcclLogOptions parse_nccl_log_options(int argc, const char* const* argv);

}  // namespace plumb::diag
