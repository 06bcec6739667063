#include <array>
#include <cstring>
#include <deque>
#include <vector>

#include "bench/points.h"
#include "bench/transport_backend.h"

namespace plumb::bench {
namespace {

constexpr std::size_t kStride = 64;  // bytes; a cache line, so that every message starts aligned
constexpr std::size_t kWordBytes = sizeof(std::int64_t);

class TransportChannel final : public Channel {
 public:
  TransportChannel(Transport& transport, int peer, std::size_t bytes, std::size_t window)
      : transport_(connected(transport, peer)),
        peer_(peer),
        bytes_(bytes),
        send_(transport.allocate_payload(bytes + kStride * window)),
        receive_(transport.allocate_payload(bytes * window)),
        words_(transport.allocate(2 * kStride)),
        sends_(window),
        receives_(window) {
    for (std::size_t i = 0; i < window; ++i) {
      messages_.push_back({send_.get(), i * kStride, bytes_});
      slots_.push_back({receive_.get(), i * bytes_, bytes_});
    }
  }

  std::span<std::byte> send_memory() override { return send_->bytes(); }
  std::span<std::byte> receive_memory() override { return receive_->bytes(); }
  [[nodiscard]] std::size_t stride() const override { return kStride; }
  [[nodiscard]] const Memory& memory() const override { return transport_.payload_memory(); }

  void start_receives() override { transport_.start_receives(peer_, slots_, receives_); }
  void start_sends() override { transport_.start_sends(peer_, messages_, sends_); }
  void complete_receives() override { transport_.complete(receives_); }
  void complete_receives_by_rail(const RailArrived& arrived) override {
    transport_.complete_by_rail(receives_, arrived);
  }
  void complete_sends() override { transport_.complete(sends_); }

  void signal(std::int64_t word) override {
    std::memcpy(memory_of(word_sent()).data(), &word, kWordBytes);
    transport_.complete(std::array{transport_.start_send(peer_, word_sent())});
    transport_.flush();
  }
  std::int64_t wait() override {
    transport_.complete(std::array{transport_.start_receive(peer_, word_received())});
    std::int64_t word = 0;
    std::memcpy(&word, memory_of(word_received()).data(), kWordBytes);
    return word;
  }

  /// Where large messages wait for a receive, that of the next is started while this one's is still on its way.
  void ping(int left) override {
    expect(1);
    const auto sent = transport_.start_send(peer_, messages_.front());
    expect(left > 0 ? 2 : 1);
    transport_.complete(std::array{sent, next_expected()});
  }
  void pong(int left) override {
    expect(left > 0 ? 2 : 1);
    transport_.complete(std::array{next_expected()});
    transport_.complete(std::array{transport_.start_send(peer_, messages_.front())});
  }
  void flush() override { transport_.flush(); }

 private:
  /// First of all: an end that has failed at something else by then would leave the other waiting.
  static Transport& connected(Transport& transport, int peer) {
    transport.connect(peer);
    return transport;
  }
  /// So many receives of a ping-pong are started, all into the same slot, as they are used one after the other.
  void expect(std::size_t receives) {
    while (expected_.size() < receives) {
      expected_.push_back(transport_.start_receive(peer_, slots_.front()));
    }
  }
  Ticket next_expected() {
    const auto ticket = expected_.front();
    expected_.pop_front();
    return ticket;
  }
  [[nodiscard]] Slice word_sent() const { return {words_.get(), 0, kWordBytes}; }
  [[nodiscard]] Slice word_received() const { return {words_.get(), kStride, kWordBytes}; }

  Transport& transport_;
  int peer_;
  std::size_t bytes_;
  std::unique_ptr<Region> send_, receive_, words_;
  std::vector<Slice> messages_, slots_;  // of a window
  std::vector<Ticket> sends_, receives_;
  std::deque<Ticket> expected_;  // of ping-pongs
};

class TransportPairs final : public PointToPoint {
 public:
  explicit TransportPairs(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

  [[nodiscard]] std::string name() const override { return transport_->name(); }
  [[nodiscard]] std::string version() const override { return transport_->version(); }
  [[nodiscard]] std::vector<std::string> nics() const override { return transport_->nics(); }
  [[nodiscard]] std::size_t rails() const override { return transport_->rails(); }
  [[nodiscard]] std::string why_no_loopback() const override { return transport_->why_no_loopback(); }
  [[nodiscard]] std::vector<core::CheckRow> checks() const override { return transport_->checks(); }
  std::unique_ptr<Channel> open(int peer, std::int64_t bytes, int window) override {
    return std::make_unique<TransportChannel>(*transport_, peer, static_cast<std::size_t>(bytes),
                                              static_cast<std::size_t>(window));
  }

 private:
  std::unique_ptr<Transport> transport_;
};

}  // namespace

std::unique_ptr<PointToPoint> make_transport_pairs(std::unique_ptr<Transport> transport) {
  return std::make_unique<TransportPairs>(std::move(transport));
}

}  // namespace plumb::bench
