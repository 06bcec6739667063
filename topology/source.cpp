#include "topology/source.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/error.h"

namespace plumb::topology {

std::unique_ptr<Source> source_for(const std::string& from, const LiveOptions& options) {
  constexpr std::string_view kSynthetic = "synthetic:";
  if (from == "node") {
    return node_source(options);
  }
  if (from == "lldp") {
    return lldp_source(options);
  }
  if (from == "ib") {
    return ib_source(options);
  }
  if (from.starts_with(kSynthetic)) {
    return synthetic_source(from.substr(kSynthetic.size()));
  }
  if (std::filesystem::is_directory(from)) {
    return run_dir_source(from);
  }
  if (std::filesystem::is_regular_file(from)) {
    return file_source(from, options.file_host);
  }
  throw core::UsageError(
      fmt::format("--from {}: is neither node, lldp, ib, synthetic:…, a run directory nor a file", from));
}

}  // namespace plumb::topology
