#include "reports/ladder.h"

#include <algorithm>

namespace plumb::reports {
namespace {

constexpr double kShare = 0.9;        // of the rate below that a layer keeps at least
constexpr double kLatencyFactor = 3;  // times the latency below that a layer may take
constexpr double kLibraryNs = 1e3;    // matching a message, starting it, noticing its end
constexpr double kGpuNs = 2e3;        // the way over PCIe and back
constexpr double kKernelNs = 20e3;    // launch of a kernel

constexpr std::string_view kUcxAdvice =
    "checks.ucx.*.csv and UCX_LOG_LEVEL=info tell the transports and devices that UCX took: UCX_TLS or UCX_NET_DEVICES "
    "may leave out some; compare UCX_IB_GID_INDEX and UCX_IB_TRAFFIC_CLASS with what verbs used, and raise "
    "UCX_MAX_RNDV_RAILS where a rank has several devices";
constexpr std::string_view kMpiAdvice =
    "is MPI on RDMA at all? mpirun --mca pml ucx --mca pml_base_verbose 10 (ompi_info lists pml ucx when it can); the "
    "btl tcp, an eager limit, or ranks bound to the wrong socket (mpirun --report-bindings) are the usual causes";
constexpr std::string_view kGpuAdvice =
    "does RDMA reach GPU memory? lsmod shows nvidia_peermem, or dma-buf needs kernel 5.12 and open GPU modules; "
    "nvidia-smi topo -m tells whether GPU and NIC share a PCIe switch; ACS on that switch (lspci -vvv, ACSCtl) or an "
    "IOMMU (dmesg) sends the data through the CPU";
constexpr std::string_view kNcclAdvice =
    "NCCL_DEBUG=INFO tells NET/IB or NET/Socket and GDRDMA for each channel: NCCL_IB_HCA, NCCL_NET_GDR_LEVEL, "
    "NCCL_IB_GID_INDEX and NCCL_IB_QPS_PER_CONNECTION decide; nvidia-smi topo -m shows how far GPU and NIC are apart, "
    "and lsmod whether nvidia_peermem is there";

const std::vector<Layer>& table() {
  static const std::vector<Layer> all{
      {.name = "verbs", .backend = "verbs"},
      {.name = "ucx", .backend = "ucx", .below = {"verbs"}, .overhead_ns = kLibraryNs, .advice = kUcxAdvice},
      {.name = "mpi", .backend = "mpi", .below = {"ucx", "verbs"}, .overhead_ns = kLibraryNs, .advice = kMpiAdvice},
      {.name = "verbs on GPUs",
       .backend = "verbs",
       .on_gpu = true,
       .below = {"verbs"},
       .overhead_ns = kGpuNs,
       .advice = kGpuAdvice},
      {.name = "ucx on GPUs",
       .backend = "ucx",
       .on_gpu = true,
       .below = {"verbs on GPUs", "ucx", "verbs"},
       .overhead_ns = kLibraryNs + kGpuNs,
       .advice = kGpuAdvice},
      {.name = "mpi on GPUs",
       .backend = "mpi",
       .on_gpu = true,
       .below = {"ucx on GPUs", "verbs on GPUs", "mpi", "ucx", "verbs"},
       .overhead_ns = kLibraryNs + kGpuNs,
       .advice = kGpuAdvice},
      {.name = "nccl",
       .backend = "nccl",
       .on_gpu = true,
       .below = {"verbs on GPUs", "ucx on GPUs", "mpi on GPUs", "verbs", "ucx", "mpi"},
       .overhead_ns = kKernelNs + kGpuNs,
       .advice = kNcclAdvice},
  };
  return all;
}

}  // namespace

std::span<const Layer> layers() { return table(); }

std::optional<std::size_t> layer_of(const PairSetting& setting) {
  const auto found = std::ranges::find_if(table(), [&](const Layer& layer) {
    return layer.backend == setting.backend && layer.on_gpu == (setting.memory != "host");
  });
  return found == table().end() ? std::nullopt : std::optional<std::size_t>(found - table().begin());
}

double allowed_ns(const Layer& upper, double lower_ns, bool latency) {
  return (latency ? kLatencyFactor : 1 / kShare) * lower_ns + upper.overhead_ns;
}

}  // namespace plumb::reports
