// The backends that --backend can name. Adding one is a file that makes it and a row here; one that only moves bytes
// between two ranks is a transport (bench/transport.h), and has the collectives that are there.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/backend.h"
#include "bench/channel.h"
#include "bench/ranks.h"
#include "bench/rdma_settings.h"
#include "core/manifest.h"

namespace plumb::bench {

/// Of the buffers with NCCL: by ncclMemAlloc and ncclCommRegister, or as windows that all ranks have alike
/// (ncclCommWindowRegister), from which NCCL's symmetric kernels read and write directly.
enum class Registration { none, local, symmetric };

/// What the command line says about how a backend is to be used. Each backend takes what concerns it.
struct BackendSettings {
  std::string name = "mpi";
  int place = -1;  // of this rank on its host, which chooses its NIC or GPU; -1: as the communicator counts
  RdmaSettings rdma;
  // nccl
  bool share_gpus = false;  // ranks beyond a host's GPUs share them
  bool graph = false;       // an operation is recorded once and launched as a CUDA graph
  Registration registration = Registration::none;
};

struct BackendKind {
  std::string_view name;
  std::string_view memory = "host";  // where the data lies
  /// Its version, or why it cannot be used on this machine. Called by one rank or all.
  core::Component (*component)();
  /// Null: it has none. Called by all ranks; works on a duplicate of `parent`. Throws core::Error; a call to MPI that
  /// waits for other ranks must come before anything that can throw on one rank alone.
  std::unique_ptr<Backend> (*make_collectives)(MPI_Comm parent, const BackendSettings& settings);
  std::unique_ptr<PointToPoint> (*make_pairs)(MPI_Comm parent, const BackendSettings& settings);
  /// The pairs of a rank that cannot use it fail, and the others are measured.
  bool pairs_fail_alone = false;
};

std::span<const BackendKind> backend_kinds();

/// For the command line's check.
std::vector<std::string> backend_names();

/// Of the rows that are measured so: the kind's, or "shared-gpu" where speeds mean nothing.
std::string memory_name(const BackendSettings& settings);

/// Of the kind that `settings` names, which must be in the table. Called by all ranks; where one of them cannot, all
/// throw AgreedError with its reason and exit code nothing_measurable.
std::unique_ptr<Backend> make_backend(const Ranks& ranks, const BackendSettings& settings);
std::unique_ptr<PointToPoint> make_point_to_point(const Ranks& ranks, const BackendSettings& settings);

}  // namespace plumb::bench
