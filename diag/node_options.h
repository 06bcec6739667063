// Command line of plumb-node.
#pragma once

#include <string>
#include <vector>

namespace plumb::diag {

struct NodeOptions {
  std::string sysroot = "/", capture, limits, run_dir, label = "node", host;
  std::vector<std::string> only;
  bool list = false, all = false, rename = false;
};

/// Throws CLI::ParseError (help too) or UsageError.
NodeOptions parse_node_options(int argc, const char* const* argv);

}  // namespace plumb::diag
