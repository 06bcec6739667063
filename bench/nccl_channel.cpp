#include <vector>

#include "bench/nccl_backend.h"
#include "bench/nccl_buffer.h"

namespace plumb::bench {
namespace {

constexpr int kSignalTag = 3;
constexpr std::size_t kStride = 256;  // bytes; what CUDA aligns memory to

class NcclChannel final : public Channel {
 public:
  NcclChannel(const NcclCommunicator& communicator, int peer, std::size_t bytes, int window, Registration registration)
      : communicator_(communicator),
        peer_(peer),
        bytes_(bytes),
        window_(static_cast<std::size_t>(window)),
        send_(communicator, bytes + kStride * window_, registration),
        receive_(communicator, bytes * window_, registration) {}

  std::span<std::byte> send_memory() override { return send_.bytes(); }
  std::span<std::byte> receive_memory() override { return receive_.bytes(); }
  [[nodiscard]] std::size_t stride() const override { return kStride; }
  [[nodiscard]] const Memory& memory() const override { return communicator_.memory(); }

  /// Put off until the sends or the wait: work on a stream is done in order, so that receives ahead of the sends that
  /// the peer waits for would never end. In one group they run side by side.
  void start_receives() override { receives_are_due_ = true; }
  void start_sends() override { exchange(window_, receives_are_due_ ? window_ : 0); }
  void complete_receives() override {
    if (receives_are_due_) {
      exchange(0, window_);
    }
    communicator_.wait();
  }
  void complete_sends() override { communicator_.wait(); }

  void signal(std::int64_t word) override {
    MPI_Send(&word, 1, MPI_INT64_T, peer_, kSignalTag, communicator_.ranks().communicator());
  }
  std::int64_t wait() override {
    std::int64_t word = 0;
    MPI_Recv(&word, 1, MPI_INT64_T, peer_, kSignalTag, communicator_.ranks().communicator(), MPI_STATUS_IGNORE);
    return word;
  }

  void ping(int /*left*/) override {
    exchange(1, 0);
    exchange(0, 1);
    communicator_.wait();
  }
  void pong(int /*left*/) override {
    exchange(0, 1);
    exchange(1, 0);
    communicator_.wait();
  }

 private:
  void exchange(std::size_t sends, std::size_t receives) {
    receives_are_due_ = false;
    const auto& nccl = communicator_.nccl();
    const auto stream = communicator_.stream().get();
    const auto& calls = communicator_.calls();
    calls.group([&] {
      for (std::size_t i = 0; i < receives; ++i) {
        auto* const to = receive_.bytes().data() + i * bytes_;
        calls.enqueued(nccl->receive(to, bytes_, kNcclUint8, peer_, communicator_.get(), stream), "ncclRecv", peer_);
      }
      for (std::size_t i = 0; i < sends; ++i) {
        const auto* const from = send_.bytes().data() + i * kStride;
        calls.enqueued(nccl->send(from, bytes_, kNcclUint8, peer_, communicator_.get(), stream), "ncclSend", peer_);
      }
    });
  }

  const NcclCommunicator& communicator_;
  int peer_;
  std::size_t bytes_, window_;
  NcclBuffer send_, receive_;
  bool receives_are_due_ = false;
};

class NcclPointToPoint final : public PointToPoint {
 public:
  NcclPointToPoint(MPI_Comm parent, const BackendSettings& settings)
      : registration_(settings.registration), communicator_(parent, settings.share_gpus) {}

  [[nodiscard]] std::string name() const override { return "nccl"; }
  [[nodiscard]] std::string version() const override { return communicator_.version(); }
  [[nodiscard]] std::string device() const override { return communicator_.device(); }
  [[nodiscard]] Witness* witness() override { return communicator_.witness(); }

  std::unique_ptr<Channel> open(int peer, std::int64_t bytes, int window) override {
    return std::make_unique<NcclChannel>(communicator_, peer, static_cast<std::size_t>(bytes), window, registration_);
  }

 private:
  Registration registration_;
  NcclCommunicator communicator_;
};

}  // namespace

std::unique_ptr<PointToPoint> make_nccl_point_to_point(MPI_Comm parent, const BackendSettings& settings) {
  return std::make_unique<NcclPointToPoint>(parent, settings);
}

}  // namespace plumb::bench
