#include "bench/mpi_channel.h"

#include <fmt/format.h>

#include <limits>
#include <vector>

#include "bench/mpi_backend.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr int kDataTag = 1;
constexpr int kSignalTag = 2;
constexpr std::size_t kStride = 64;  // bytes; a cache line, so that every message starts aligned

class MpiChannel final : public Channel {
 public:
  MpiChannel(MPI_Comm communicator, int peer, int bytes, int window)
      : communicator_(communicator),
        peer_(peer),
        bytes_(bytes),
        window_(window),
        send_(static_cast<std::size_t>(bytes) + kStride * static_cast<std::size_t>(window)),
        receive_(static_cast<std::size_t>(bytes) * static_cast<std::size_t>(window)),
        sends_(static_cast<std::size_t>(window), MPI_REQUEST_NULL),
        receives_(static_cast<std::size_t>(window), MPI_REQUEST_NULL) {}

  std::span<std::byte> send_memory() override { return send_; }
  std::span<std::byte> receive_memory() override { return receive_; }
  [[nodiscard]] std::size_t stride() const override { return kStride; }

  void start_receives() override {
    for (int i = 0; i < window_; ++i) {
      MPI_Irecv(receive_slot(i), bytes_, MPI_BYTE, peer_, kDataTag, communicator_, &receives_[at(i)]);
    }
  }
  void start_sends() override {
    for (int i = 0; i < window_; ++i) {
      MPI_Isend(message(i), bytes_, MPI_BYTE, peer_, kDataTag, communicator_, &sends_[at(i)]);
    }
  }
  void complete_receives() override { MPI_Waitall(window_, receives_.data(), MPI_STATUSES_IGNORE); }
  void complete_sends() override { MPI_Waitall(window_, sends_.data(), MPI_STATUSES_IGNORE); }

  void signal(std::int64_t word) override { MPI_Send(&word, 1, MPI_INT64_T, peer_, kSignalTag, communicator_); }
  std::int64_t wait() override {
    std::int64_t word = 0;
    MPI_Recv(&word, 1, MPI_INT64_T, peer_, kSignalTag, communicator_, MPI_STATUS_IGNORE);
    return word;
  }

  void ping(int /*left*/) override {
    send_one();
    receive_one();
  }
  void pong(int /*left*/) override {
    receive_one();
    send_one();
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  const std::byte* message(int i) const { return send_.data() + at(i) * kStride; }
  std::byte* receive_slot(int i) { return receive_.data() + at(i) * at(bytes_); }
  void send_one() { MPI_Send(message(0), bytes_, MPI_BYTE, peer_, kDataTag, communicator_); }
  void receive_one() { MPI_Recv(receive_slot(0), bytes_, MPI_BYTE, peer_, kDataTag, communicator_, MPI_STATUS_IGNORE); }

  MPI_Comm communicator_;
  int peer_, bytes_, window_;
  std::vector<std::byte> send_, receive_;
  std::vector<MPI_Request> sends_, receives_;
};

class MpiPointToPoint final : public PointToPoint {
 public:
  explicit MpiPointToPoint(MPI_Comm parent) { MPI_Comm_dup(parent, &communicator_); }
  ~MpiPointToPoint() override { MPI_Comm_free(&communicator_); }
  MpiPointToPoint(const MpiPointToPoint&) = delete;
  MpiPointToPoint& operator=(const MpiPointToPoint&) = delete;

  [[nodiscard]] std::string name() const override { return "mpi"; }
  [[nodiscard]] std::string version() const override { return mpi_library_version(); }

  std::unique_ptr<Channel> open(int peer, std::int64_t bytes, int window) override {
    if (bytes > std::numeric_limits<int>::max()) {
      throw core::Error(fmt::format("{} bytes are more than one MPI message can hold", bytes));
    }
    return std::make_unique<MpiChannel>(communicator_, peer, static_cast<int>(bytes), window);
  }

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
};

}  // namespace

std::unique_ptr<PointToPoint> make_mpi_point_to_point(MPI_Comm parent) {
  return std::make_unique<MpiPointToPoint>(parent);
}

}  // namespace plumb::bench
