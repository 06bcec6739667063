#include "bench/ucx_transport.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "bench/rank_gpu.h"
#include "bench/rank_map.h"
#include "bench/ranks.h"
#include "bench/rdma_ports.h"
#include "bench/ucx_check.h"
#include "bench/ucx_endpoints.h"
#include "bench/ucx_lanes.h"

namespace plumb::bench {
namespace {

constexpr int kIdleCalls = 1000;  // without progress, before the core is offered to others
constexpr std::align_val_t kAlignment{4096};

/// Memory registered with all devices that want it.
class UcxMapping {
 public:
  UcxMapping(ucp_context_h context, std::span<std::byte> memory, ucs_memory_type_t type) : context_(context) {
    ucp_mem_map_params_t params{};
    params.field_mask =
        UCP_MEM_MAP_PARAM_FIELD_ADDRESS | UCP_MEM_MAP_PARAM_FIELD_LENGTH | UCP_MEM_MAP_PARAM_FIELD_MEMORY_TYPE;
    params.address = memory.data();
    params.length = memory.size();
    params.memory_type = type;
    require_ucx(ucp_mem_map(context, &params, &mapped_), fmt::format("registering {} bytes", memory.size()));
  }
  ~UcxMapping() { ucp_mem_unmap(context_, mapped_); }
  UcxMapping(const UcxMapping&) = delete;
  UcxMapping& operator=(const UcxMapping&) = delete;

 private:
  ucp_context_h context_;
  ucp_mem_h mapped_ = nullptr;
};

class UcxHostRegion final : public Region {
 public:
  UcxHostRegion(ucp_context_h context, std::size_t bytes)
      : memory_(static_cast<std::byte*>(operator new(bytes, kAlignment))),
        bytes_(bytes),
        mapping_(context, {memory_.get(), bytes}, UCS_MEMORY_TYPE_HOST) {}

  std::span<std::byte> bytes() override { return {memory_.get(), bytes_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { operator delete(memory, kAlignment); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t bytes_;
  UcxMapping mapping_;
};

class UcxGpuRegion final : public Region {
 public:
  UcxGpuRegion(ucp_context_h context, std::unique_ptr<core::GpuBuffer> buffer, std::size_t bytes)
      : buffer_(std::move(buffer)),
        bytes_(span_of(buffer_->address(), bytes)),
        mapping_(context, span_of(buffer_->address(), buffer_->bytes()), UCS_MEMORY_TYPE_CUDA) {}

  std::span<std::byte> bytes() override { return bytes_; }

 private:
  std::unique_ptr<core::GpuBuffer> buffer_;
  std::span<std::byte> bytes_;
  UcxMapping mapping_;
};

bool moves_cuda_memory(ucp_context_h context) {
  ucp_context_attr_t attributes{};
  attributes.field_mask = UCP_ATTR_FIELD_MEMORY_TYPES;
  require_ucx(ucp_context_query(context, &attributes), "asking UCX for its kinds of memory");
  return (attributes.memory_types & UCS_BIT(UCS_MEMORY_TYPE_CUDA)) != 0;
}

/// A send or receive that has been started.
struct Started {
  void* request = nullptr;  // null: it was complete at once
  int peer = 0;
  bool sends = false;
};

class UcxTransport final : public Transport {
 public:
  /// `gpu`: of pair tests; null: they use host memory.
  UcxTransport(std::unique_ptr<UcxWorker> worker, std::unique_ptr<RankGpu> gpu, std::vector<std::string> addresses,
               const std::vector<std::string>& hosts, int rank)
      : gpu_(std::move(gpu)),
        worker_(std::move(worker)),
        endpoints_(*worker_, std::move(addresses), hosts, rank),
        rank_(rank) {}

  [[nodiscard]] std::string name() const override { return "ucx"; }
  [[nodiscard]] std::string version() const override { return ucx_component().version; }

  /// To itself, UCX takes memory before any NIC.
  [[nodiscard]] std::string why_no_loopback() const override {
    const auto lanes = lanes_of(worker_->context());
    return all_rdma(lanes) ? "" : fmt::format("UCX may use {}; set UCX_TLS=rc", words_of(lanes));
  }

  std::unique_ptr<Region> allocate(std::size_t bytes) override {
    return std::make_unique<UcxHostRegion>(worker_->context(), bytes);
  }
  std::unique_ptr<Region> allocate_payload(std::size_t bytes) override {
    return gpu_ ? std::make_unique<UcxGpuRegion>(worker_->context(), gpu_->allocate(bytes), bytes) : allocate(bytes);
  }
  [[nodiscard]] const Memory& payload_memory() const override { return gpu_ ? gpu_->memory() : host_memory(); }
  void connect(int peer) override { endpoints_.connect(peer); }
  [[nodiscard]] std::vector<core::CheckRow> checks() const override {
    const auto lanes = endpoints_.lanes_to_other_hosts();
    if (lanes.empty()) {
      return {};
    }
    return {ucx_transport_check(host_name(), lanes, active_devices(rdma_ports()))};
  }

  Ticket start_receive(int peer, const Slice& into) override {
    const ucp_request_param_t params{};
    return keep(ucp_tag_recv_nbx(worker_->get(), start_of(into), into.bytes, tag_of(peer), kWholeTag, &params), peer,
                false);
  }
  Ticket start_send(int peer, const Slice& from) override {
    const ucp_request_param_t params{};
    return keep(ucp_tag_send_nbx(endpoints_.to(peer), start_of(from), from.bytes, tag_of(rank_), &params), peer, true);
  }

  void complete(std::span<const Ticket> tickets) override {
    for (const auto ticket : tickets) {
      finish(started_[ticket]);
      free_.push_back(ticket);
    }
  }

  void flush() override {
    const ucp_request_param_t params{};
    Started all{.request = ucp_worker_flush_nbx(worker_->get(), &params), .peer = -1};
    require_started(all);
    finish(all);
  }

 private:
  static constexpr ucp_tag_t kWholeTag = ~ucp_tag_t{0};
  static ucp_tag_t tag_of(int sender) { return static_cast<ucp_tag_t>(sender); }
  static std::byte* start_of(const Slice& slice) { return slice.region->bytes().data() + slice.offset; }

  /// Words are made for what failed only: they take longer than a short message.
  static void require_started(const Started& one) {
    if (UCS_PTR_IS_ERR(one.request)) {
      require_ucx(UCS_PTR_STATUS(one.request), words(one));
    }
  }

  Ticket keep(ucs_status_ptr_t request, int peer, bool sends) {
    const Started one{request, peer, sends};
    require_started(one);
    if (free_.empty()) {
      started_.push_back(one);
      return started_.size() - 1;
    }
    const Ticket ticket = free_.back();
    free_.pop_back();
    started_[ticket] = one;
    return ticket;
  }

  static std::string words(const Started& one) {
    return one.peer < 0 ? "sending what is left"
                        : fmt::format("{} rank {}", one.sends ? "sending to" : "receiving from", one.peer);
  }

  void finish(Started& one) {
    for (int idle = 0; one.request != nullptr;) {
      const auto status = ucp_request_check_status(one.request);
      if (status != UCS_INPROGRESS) {
        ucp_request_free(one.request);
        one.request = nullptr;
        if (status != UCS_OK) {
          require_ucx(status, words(one));
        }
      } else if (ucp_worker_progress(worker_->get()) != 0) {
        idle = 0;
      } else if (++idle > kIdleCalls) {
        give_way(one);
      }
    }
  }

  /// A receive belongs to no connection: that it can never come is seen here.
  void give_way(const Started& one) {
    if (one.peer >= 0) {
      endpoints_.require_alive(one.peer);
    }
    sched_yield();
  }

  std::unique_ptr<RankGpu> gpu_;
  std::unique_ptr<UcxWorker> worker_;
  UcxEndpoints endpoints_;
  int rank_;
  std::vector<Started> started_;
  std::vector<Ticket> free_;
};

}  // namespace

std::unique_ptr<Transport> make_ucx_transport(MPI_Comm parent, const BackendSettings& settings) {
  const Ranks ranks(parent);
  const auto rows = map_ranks(ranks);
  std::unique_ptr<RankGpu> gpu;
  std::unique_ptr<UcxWorker> worker;
  std::string address, reason;
  try {
    if (settings.rdma.gpu_memory) {  // before UCX, which looks for GPUs that the process uses
      gpu = std::make_unique<RankGpu>(static_cast<int>(rows[static_cast<std::size_t>(ranks.rank())].local_rank));
    }
    worker = std::make_unique<UcxWorker>(static_cast<std::size_t>(ranks.size()));
    address = worker->address();
    if (gpu && !moves_cuda_memory(worker->context())) {
      throw core::Error("--gpu-memory: this UCX moves no CUDA memory (ucx_info -d lists cuda_copy where it does)");
    }
  } catch (const core::Error& error) {
    reason = error.what();
  }
  auto addresses = ranks.gather_everywhere(address);
  std::vector<std::string> hosts;
  std::ranges::transform(rows, std::back_inserter(hosts), &core::RankRow::host);
  if (!reason.empty()) {  // only now, so that nobody waits for this rank's address
    throw core::Error(reason);
  }
  return std::make_unique<UcxTransport>(std::move(worker), std::move(gpu), std::move(addresses), hosts, ranks.rank());
}

core::Component ucx_component() {
  try {
    const UcxWorker worker(1);
    return {"ucx", fmt::format("{}: {}", ucp_get_version_string(), words_of(lanes_of(worker.context()))), ""};
  } catch (const core::Error& error) {
    return {"ucx", "", error.what()};
  }
}

}  // namespace plumb::bench
