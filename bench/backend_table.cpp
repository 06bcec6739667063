#include "bench/backend_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <type_traits>

#include "bench/agreed_error.h"
#include "bench/mpi_backend.h"
#include "bench/mpi_channel.h"
#include "bench/nccl_backend.h"
#include "bench/nccl_communicator.h"
#include "bench/transport_backend.h"
#include "core/error.h"
#include "core/text.h"
#ifdef PLUMB_UCX
#include "bench/ucx_transport.h"
#endif
#ifdef PLUMB_VERBS
#include "bench/verbs_transport.h"
#endif

namespace plumb::bench {
namespace {

using MakeTransport = std::unique_ptr<Transport> (*)(MPI_Comm parent, const BackendSettings& settings);

template <MakeTransport kMake>
std::unique_ptr<Backend> over_transport(MPI_Comm parent, const BackendSettings& settings) {
  if (settings.rdma.gpu_memory) {
    throw core::Error("--gpu-memory is for plumb-pairs: these collectives add up on the processor");
  }
  int rank = 0, ranks = 1;
  MPI_Comm_rank(parent, &rank);
  MPI_Comm_size(parent, &ranks);
  return make_transport_backend(kMake(parent, settings), rank, ranks);
}

template <MakeTransport kMake>
std::unique_ptr<PointToPoint> pairs_over_transport(MPI_Comm parent, const BackendSettings& settings) {
  return make_transport_pairs(kMake(parent, settings));
}

/// Of a library that was not there when this program was built.
[[maybe_unused]] constexpr const char* kNotBuilt = "not built into this program";

const BackendKind kBackends[] = {
    {.name = "mpi",
     .component =
         [] {
           return core::Component{"mpi", mpi_library_version(), ""};
         },
     .make_collectives = [](MPI_Comm parent, const BackendSettings&) { return make_mpi_backend(parent); },
     .make_pairs = [](MPI_Comm parent, const BackendSettings&) { return make_mpi_point_to_point(parent); }},
#ifdef PLUMB_UCX
    {.name = "ucx",
     .component = ucx_component,
     .make_collectives = over_transport<make_ucx_transport>,
     .make_pairs = pairs_over_transport<make_ucx_transport>},
#else
    {.name = "ucx",
     .component =
         [] {
           return core::Component{"ucx", "", kNotBuilt};
         }},
#endif
#ifdef PLUMB_VERBS
    {.name = "verbs",
     .component = verbs_component,
     .make_collectives = over_transport<make_verbs_transport>,
     .make_pairs = pairs_over_transport<make_verbs_transport>,
     .pairs_fail_alone = true},
#else
    {.name = "verbs",
     .component =
         [] {
           return core::Component{"verbs", "", kNotBuilt};
         }},
#endif
    {.name = "nccl",
     .memory = "gpu",
     .component = nccl_component,
     .make_collectives = make_nccl_backend,
     .make_pairs = make_nccl_point_to_point},
};

/// The command line lets no other names through.
const BackendKind& kind_of(const BackendSettings& settings) {
  return *std::ranges::find(kBackends, settings.name, &BackendKind::name);
}

/// The reason of the first rank that cannot; none where the others can go on without those, who are told of.
std::string refusal(const Ranks& ranks, const std::string& reason, const BackendKind& kind, bool fails_alone) {
  const auto first = first_reason(
      ranks, reason.empty() ? "" : fmt::format("rank {} (host {}): {}", ranks.rank(), host_name(), reason));
  const auto lacking = ranks.sum(reason.empty() ? 0 : 1);
  if (!fails_alone || lacking == 0 || lacking == ranks.size()) {
    return first;
  }
  if (ranks.first()) {
    fmt::print(stderr, "{} of {} ranks cannot use {}, and their pairs fail: {}\n", lacking, ranks.size(), kind.name,
               core::printable(first));
  }
  return {};
}

/// What `make` makes; when it cannot on some rank, all ranks throw alike.
template <class Made>
std::unique_ptr<Made> made_everywhere(const Ranks& ranks, const BackendSettings& settings,
                                      std::unique_ptr<Made> (*BackendKind::*make)(MPI_Comm, const BackendSettings&)) {
  const auto& kind = kind_of(settings);
  std::unique_ptr<Made> made;
  std::string reason = kind.component().absent_because;
  if (reason.empty() && kind.*make == nullptr) {
    reason = "it measures no such thing";
  }
  const bool fails_alone = kind.pairs_fail_alone && std::is_same_v<Made, PointToPoint>;
  if (reason = refusal(ranks, reason, kind, fails_alone); reason.empty()) {  // making one is a matter of all ranks
    try {
      made = (kind.*make)(ranks.communicator(), settings);
    } catch (const std::exception& error) {
      reason = error.what();
    }
    reason = refusal(ranks, reason, kind, false);
  }
  if (!reason.empty()) {
    throw AgreedError(fmt::format("the {} backend cannot be used: {}", kind.name, reason),
                      core::ExitCode::nothing_measurable);
  }
  return made;
}

}  // namespace

std::span<const BackendKind> backend_kinds() { return kBackends; }

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const auto& kind : kBackends) {
    names.emplace_back(kind.name);
  }
  return names;
}

std::string memory_name(const BackendSettings& settings) {
  const std::string memory(settings.rdma.gpu_memory ? "gpu" : kind_of(settings).memory);
  return (settings.share_gpus && memory == "gpu" ? "shared-" : "") + memory;
}

std::unique_ptr<Backend> make_backend(const Ranks& ranks, const BackendSettings& settings) {
  return made_everywhere(ranks, settings, &BackendKind::make_collectives);
}

std::unique_ptr<PointToPoint> make_point_to_point(const Ranks& ranks, const BackendSettings& settings) {
  return made_everywhere(ranks, settings, &BackendKind::make_pairs);
}

}  // namespace plumb::bench
