// Who wrote a run directory, with what, and whether it finished.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace plumb::core {

/// An optional part of the program: its version, or why it is absent. Absence is data, never silence.
struct Component {
  std::string name;
  std::string version;         // empty when absent
  std::string absent_because;  // empty when present
};

/// A line each: "mpi: Open MPI v4.1.4", "nccl: absent (…)".
std::string components_text(const std::vector<Component>& components);

/// The content of manifest/<tool>[.<host>].json.
struct Manifest {
  int schema = 1;
  std::string run, tool, host;
  std::string version;
  std::vector<std::string> argv;
  std::string start_utc, end_utc;
  std::string status = "running";  // running, complete, partial
  std::string reason;              // why partial
  std::vector<Component> components;
  std::map<std::string, std::uint64_t> seeds;
  std::map<std::string, std::string> environment;  // allow-listed only
};

/// A manifest of this process: version, argv, start time and allow-listed environment filled in.
Manifest start_manifest(std::string tool, int argc, const char* const* argv);

/// NCCL_*, UCX_* and OMPI_MCA_* only; never the whole environment, which holds secrets.
std::map<std::string, std::string> allowed_environment();

/// Throws Error on a file that is not a manifest or whose schema is newer than this build's.
Manifest read_manifest(const std::filesystem::path& path);
void write_manifest(const std::filesystem::path& path, const Manifest& manifest);

/// "2026-11-23T18:26:00Z".
std::string utc_now();
/// "20261123T182600Z".
std::string utc_now_compact();

}  // namespace plumb::core
