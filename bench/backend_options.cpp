#include "bench/backend_options.h"

#include <fmt/format.h>

#include "bench/endpoint.h"
#include "core/error.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

void add_rdma_options(CLI::App& app, TypedBackend& typed, RdmaSettings& rdma) {
  const auto group = "Options of --backend verbs";
  app.add_option("--transfer", typed.transfer, "large messages by RDMA write with immediate, or by send")
      ->check(CLI::IsMember({"write", "send"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--gid-index", rdma.gid_index,
                 "address of the port on RoCE (default: RoCE v2; IPv4 before IPv6 before link-local)")
      ->check(CLI::Range(0, 255))
      ->group(group);
  app.add_option(
         "--nics-per-rank", rdma.nics_per_rank,
         "NICs that each rank drives at once: its messages are cut over them, and plumb-pairs has a row for each")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->group(group);
  app.add_option("--traffic-class", rdma.traffic_class, "its upper six bits are the DSCP")
      ->check(CLI::Range(0, 255))
      ->capture_default_str()
      ->group(group);
  app.add_option("--sl", rdma.service_level, "service level")
      ->check(CLI::Range(0, 15))
      ->capture_default_str()
      ->group(group);
  app.add_option("--mtu", rdma.mtu, "payload of a packet, bytes (default: the most that both ports carry)")
      ->check(CLI::IsMember({256, 512, 1024, 2048, 4096}))
      ->group(group);
  app.add_option("--qps", rdma.queue_pairs, "queue pairs for data to each peer")
      ->check(CLI::Range(1, 32))
      ->capture_default_str()
      ->group(group);
  app.add_option("--flow-label", rdma.flow_label,
                 "of the first queue pair, the next ones count on: RoCE's UDP source port, so ECMP's choice (default: "
                 "the driver's)")
      ->check(CLI::Range(1, 0xfffff))
      ->group(group);
  app.add_option("--depth", rdma.depth, "chunks (1 MiB) under way to a peer")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->group(group);
  app.add_flag(
         "--gpu-memory", rdma.gpu_memory,
         "of plumb-pairs, and of ucx, too: messages between GPUs' memories, over verbs by dma-buf or peer memory, over "
         "UCX where that has CUDA; the GPU is that of the rank's place on its host")
      ->group(group);
  app.add_option("--resend-after", typed.resend_after,
                 "a packet that nobody acknowledges is sent again after so long, six times (the NIC rounds up)")
      ->capture_default_str()
      ->group(group);
  app.add_option("--plant-bad-key", rdma.plant_bad_key, "RANK: tells its peers wrong memory keys")->group(group);
}

}  // namespace

void add_backend_options(CLI::App& app, TypedBackend& typed, BackendSettings& settings) {
  app.add_option("--backend", settings.name, "library to measure")
      ->check(CLI::IsMember(backend_names()))
      ->capture_default_str();
  app.add_option("--nics", typed.nics, "devices by local rank, such as mlx5_0,mlx5_1");
  add_rdma_options(app, typed, settings.rdma);
}

void understand(const TypedBackend& typed, BackendSettings& settings) {
  settings.rdma.nics = parse_nics(typed.nics);
  settings.rdma.write = typed.transfer == "write";
  settings.rdma.resend_ns = static_cast<double>(core::parse_duration_ns(typed.resend_after));
  if (settings.rdma.gpu_memory && settings.name != "verbs" && settings.name != "ucx") {
    throw core::UsageError(fmt::format("--gpu-memory is for --backend verbs and ucx, not for {}", settings.name));
  }
  if (settings.rdma.nics_per_rank > 1 && settings.name != "verbs") {
    throw core::UsageError(fmt::format("--nics-per-rank is for --backend verbs; {}",
                                       settings.name == "ucx"
                                           ? "UCX cuts messages by itself (UCX_NET_DEVICES, UCX_MAX_RNDV_RAILS)"
                                           : settings.name + " chooses its NICs by itself"));
  }
  if (settings.rdma.resend_ns <= 0) {
    throw core::UsageError(fmt::format("--resend-after {}: give a time, such as 1s", typed.resend_after));
  }
}

}  // namespace plumb::bench
