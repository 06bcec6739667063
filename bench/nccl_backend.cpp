#include "bench/nccl_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "bench/nccl_buffer.h"
#include "bench/nccl_profiler.h"
#include "bench/nccl_reduction.h"
#include "bench/nccl_types.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

/// Arguments of one call, in NCCL's terms.
struct Arguments {
  const NcclLibrary& nccl;
  const Case& one;
  int rank;
  std::byte* send;
  std::byte* receive;
  std::size_t count;
  int type, op;
  NcclComm comm;
  core::CudaStream stream;
  const NcclCalls& calls;

  [[nodiscard]] std::size_t block() const { return count * size_of(one.type); }
};

void send(const Arguments& a, const std::byte* from, int peer) {
  a.calls.enqueued(a.nccl->send(from, a.count, a.type, peer, a.comm, a.stream), "ncclSend", peer);
}

void receive(const Arguments& a, std::byte* to, int peer) {
  a.calls.enqueued(a.nccl->receive(to, a.count, a.type, peer, a.comm, a.stream), "ncclRecv", peer);
}

void all_reduce(const Arguments& a) {
  a.calls.enqueued(a.nccl->all_reduce(a.send, a.receive, a.count, a.type, a.op, a.comm, a.stream), "ncclAllReduce");
}

/// NCCL's own where the library has it, else every block sent and received in one group.
void all_to_all(const Arguments& a) {
  if (a.nccl->all_to_all != nullptr) {
    a.calls.enqueued(a.nccl->all_to_all(a.send, a.receive, a.count, a.type, a.comm, a.stream), "ncclAlltoAll");
    return;
  }
  for (int peer = 0; peer < a.one.ranks; ++peer) {
    const std::size_t at = static_cast<std::size_t>(peer) * a.block();
    send(a, a.send + at, peer);
    receive(a, a.receive + at, peer);
  }
}

void all_gather(const Arguments& a) {
  a.calls.enqueued(a.nccl->all_gather(a.send, a.receive, a.count, a.type, a.comm, a.stream), "ncclAllGather");
}

void reduce_scatter(const Arguments& a) {
  a.calls.enqueued(a.nccl->reduce_scatter(a.send, a.receive, a.count, a.type, a.op, a.comm, a.stream),
                   "ncclReduceScatter");
}

void broadcast(const Arguments& a) {
  a.calls.enqueued(a.nccl->broadcast(a.send, a.receive, a.count, a.type, a.one.root, a.comm, a.stream),
                   "ncclBroadcast");
}

void reduce(const Arguments& a) {
  a.calls.enqueued(a.nccl->reduce(a.send, a.receive, a.count, a.type, a.op, a.one.root, a.comm, a.stream),
                   "ncclReduce");
}

void send_receive(const Arguments& a) {
  send(a, a.send, (a.rank + 1) % a.one.ranks);
  receive(a, a.receive, (a.rank - 1 + a.one.ranks) % a.one.ranks);
}

struct Call {
  CollectiveKind kind;
  void (*function)(const Arguments&);
};

constexpr Call kCalls[] = {
    {CollectiveKind::allreduce, all_reduce},  {CollectiveKind::alltoall, all_to_all},
    {CollectiveKind::allgather, all_gather},  {CollectiveKind::reducescatter, reduce_scatter},
    {CollectiveKind::broadcast, broadcast},   {CollectiveKind::reduce, reduce},
    {CollectiveKind::sendrecv, send_receive},
};

std::size_t bytes_of(const Case& one, std::int64_t elements) {
  return static_cast<std::size_t>(elements) * size_of(one.type);
}

core::CudaAddress address_of(std::span<std::byte> bytes) { return reinterpret_cast<core::CudaAddress>(bytes.data()); }

/// Work recorded once, to be launched with one call.
class RecordedWork {
 public:
  RecordedWork(const core::GpuStream& stream, const std::function<void()>& work) : cuda_(stream.gpu().cuda()) {
    core::CudaGraph graph = nullptr;
    cuda_.require(cuda_->begin_capture(stream.get(), core::kCudaCaptureThreadLocal), "cuStreamBeginCapture");
    work();
    cuda_.require(cuda_->end_capture(stream.get(), &graph), "cuStreamEndCapture");
    const int code = cuda_->instantiate(&ready_, graph, 0);
    cuda_->destroy_graph(graph);
    cuda_.require(code, "cuGraphInstantiate");
  }
  ~RecordedWork() { cuda_->destroy_graph_exec(ready_); }
  RecordedWork(const RecordedWork&) = delete;
  RecordedWork& operator=(const RecordedWork&) = delete;

  void launch(const core::GpuStream& stream) const {
    cuda_.require(cuda_->launch_graph(ready_, stream.get()), "cuGraphLaunch");
  }

 private:
  const core::CudaLibrary& cuda_;
  core::CudaGraphExec ready_ = nullptr;
};

class NcclOperation final : public Operation {
 public:
  NcclOperation(const NcclCommunicator& communicator, const Case& one, const Call& call,
                const BackendSettings& settings)
      : communicator_(communicator),
        case_(one),
        call_(call),
        sends_copy_(one.in_place && one.collective->kind == CollectiveKind::alltoall),
        send_(communicator, one.in_place && !sends_copy_ ? 0 : bytes_of(one, one.send_elements()),
              settings.registration),
        receive_(communicator,
                 one.in_place ? static_cast<std::size_t>(one.bytes()) : bytes_of(one, one.receive_elements()),
                 settings.registration),
        reduction_(communicator, one.type, one.op),
        records_(settings.graph) {
    if (one.calls > 1) {
      timer_ = std::make_unique<core::GpuTimer>(communicator.stream());
    }
  }

  std::span<std::byte> send_buffer() override { return case_.in_place ? part(case_.send_elements()) : send_.bytes(); }
  std::span<std::byte> receive_buffer() override {
    return case_.in_place ? part(case_.receive_elements()) : receive_.bytes();
  }
  [[nodiscard]] const Memory& memory() const override { return communicator_.memory(); }

  /// The first run connects, which is not for a recording, and tells how it is done; the next ones launch what is
  /// recorded then.
  void run() override {
    if (!method_) {
      const NcclListening listening(kNcclProfileCollective);
      enqueue();
      communicator_.wait();
      method_ = NcclListening::heard();
      return record();
    }
    recorded_ ? recorded_->launch(communicator_.stream()) : enqueue();
    communicator_.wait();
  }
  [[nodiscard]] Method method() const override { return method_.value_or(Method{}); }
  std::vector<ChannelTime> observe() override {
    const NcclListening listening(kNcclProfileChannel);
    enqueue();
    communicator_.wait();
    return NcclListening::channels();
  }

  /// Events of the GPU around the batch: too costly around a single call.
  void run_batch(int calls) override {
    if (!timer_) {
      return Operation::run_batch(calls);
    }
    if (records_ && !recorded_) {
      run();
    }
    timer_->start();
    for (int i = 0; i < calls; ++i) {
      recorded_ ? recorded_->launch(communicator_.stream()) : enqueue();
    }
    timer_->stop();
    communicator_.wait();
  }
  [[nodiscard]] double event_ns() const override { return timer_ ? timer_->seconds() * 1e9 : 0; }

 private:
  void record() {
    if (records_) {
      recorded_ = std::make_unique<RecordedWork>(communicator_.stream(), [this] { enqueue(); });
    }
  }

  void enqueue() {
    if (sends_copy_) {
      const auto& cuda = communicator_.gpu().cuda();
      cuda.require(cuda->copy_within(address_of(send_.bytes()), address_of(receive_.bytes()), send_.bytes().size(),
                                     communicator_.stream().get()),
                   "cuMemcpyDtoDAsync");
    }
    const Arguments arguments{.nccl = communicator_.nccl(),
                              .one = case_,
                              .rank = communicator_.ranks().rank(),
                              .send = sends_copy_ ? send_.bytes().data() : send_buffer().data(),
                              .receive = receive_buffer().data(),
                              .count = static_cast<std::size_t>(case_.count),
                              .type = nccl_type(case_.type),
                              .op = reduction_.get(),
                              .comm = communicator_.get(),
                              .stream = communicator_.stream().get(),
                              .calls = communicator_.calls()};
    communicator_.calls().group([&] { call_.function(arguments); });
  }

  /// In place: the whole buffer, or this rank's slot of it.
  std::span<std::byte> part(std::int64_t elements) {
    const auto bytes = bytes_of(case_, elements);
    const auto whole = receive_.bytes();
    const auto rank = static_cast<std::size_t>(communicator_.ranks().rank());
    return bytes == whole.size() ? whole : whole.subspan(rank * bytes, bytes);
  }

  const NcclCommunicator& communicator_;
  Case case_;
  const Call& call_;
  bool sends_copy_;            // all-to-all in place, which NCCL has not: the copy is part of the operation
  NcclBuffer send_, receive_;  // in place only the second, as large as the larger
  NcclReduction reduction_;
  bool records_;
  std::unique_ptr<RecordedWork> recorded_;
  std::unique_ptr<core::GpuTimer> timer_;  // of batches of calls
  std::optional<Method> method_;           // once it has run
};

class NcclBackend final : public Backend {
 public:
  NcclBackend(MPI_Comm parent, const BackendSettings& settings)
      : settings_(settings), communicator_(parent, settings.share_gpus, settings.place) {}

  [[nodiscard]] std::string name() const override { return "nccl"; }
  [[nodiscard]] std::string version() const override { return communicator_.version(); }
  [[nodiscard]] std::string device() const override { return communicator_.device(); }
  [[nodiscard]] std::string device_model() const override { return communicator_.gpu().name(); }
  [[nodiscard]] Witness* witness() override { return communicator_.witness(); }

  std::unique_ptr<Operation> prepare(const Case& one) override {
    const auto* call = std::ranges::find(kCalls, one.collective->kind, &Call::kind);
    if (call == std::end(kCalls)) {
      throw core::Error(fmt::format("the nccl backend has no {}", one.collective->title));
    }
    if (const auto reason = why_not_in_nccl(one.type, one.collective->reduces, communicator_.nccl().version_code(),
                                            communicator_.gpu().capability());
        !reason.empty()) {
      throw core::Error(reason);
    }
    return std::make_unique<NcclOperation>(communicator_, one, *call, settings_);
  }

 private:
  BackendSettings settings_;
  NcclCommunicator communicator_;
};

}  // namespace

std::unique_ptr<Backend> make_nccl_backend(MPI_Comm parent, const BackendSettings& settings) {
  return std::make_unique<NcclBackend>(parent, settings);
}

}  // namespace plumb::bench
