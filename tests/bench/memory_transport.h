// A transport between threads of one process: a fabric for unit tests.
#pragma once

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

#include "bench/transport.h"

namespace plumb::bench {

/// Where the ranks' messages meet.
class MemoryFabric {
 public:
  /// Eager: a send is complete at once, its data copied. Else when the receive has it, so that an algorithm that waits
  /// in a circle hangs, and one that changes what it is sending is seen.
  explicit MemoryFabric(bool eager) : eager_(eager) {}

  void send(int from, int to, std::span<std::byte> bytes, bool* done) {
    const std::lock_guard lock(mutex_);
    auto& way = ways_[{from, to}];
    if (eager_) {
      way.sends.push_back({{bytes.begin(), bytes.end()}, {}, nullptr});
      *done = true;
    } else {
      way.sends.push_back({{}, bytes, done});
    }
    match(way);
  }

  void receive(int from, int to, std::span<std::byte> bytes, bool* done) {
    const std::lock_guard lock(mutex_);
    ways_[{from, to}].receives.push_back({bytes, done});
    match(ways_[{from, to}]);
  }

  void wait(const bool& done) {
    std::unique_lock lock(mutex_);
    if (!moved_.wait_for(lock, std::chrono::seconds(20), [&] { return done; })) {
      throw std::runtime_error("the algorithm hangs");
    }
  }

  /// Messages that nobody took, and receives that got nothing.
  [[nodiscard]] std::size_t left_over() const {
    std::size_t count = 0;
    for (const auto& [ends, way] : ways_) {
      count += way.sends.size() + way.receives.size();
    }
    return count;
  }

 private:
  struct Send {
    std::vector<std::byte> copied;
    std::span<std::byte> bytes;
    bool* done;
  };
  struct Receive {
    std::span<std::byte> bytes;
    bool* done;
  };
  struct Way {
    std::deque<Send> sends;
    std::deque<Receive> receives;
  };

  void match(Way& way) {
    while (!way.sends.empty() && !way.receives.empty()) {
      auto& send = way.sends.front();
      const auto& receive = way.receives.front();
      const std::span<std::byte> bytes = eager_ ? std::span<std::byte>(send.copied) : send.bytes;
      if (bytes.size() != receive.bytes.size() || bytes.empty()) {
        throw std::runtime_error("a message is empty, or its receive is of another size");
      }
      std::memcpy(receive.bytes.data(), bytes.data(), bytes.size());
      *receive.done = true;
      if (!eager_) {
        *send.done = true;
      }
      way.sends.pop_front();
      way.receives.pop_front();
    }
    moved_.notify_all();
  }

  bool eager_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::pair<int, int>, Way> ways_;
};

class MemoryTransport final : public Transport {
 public:
  /// `rails`: as if it cut its messages over so many, which finish one after the other.
  MemoryTransport(MemoryFabric& fabric, int rank, std::size_t rails = 1)
      : fabric_(fabric), rank_(rank), rails_(rails) {}

  [[nodiscard]] std::string name() const override { return "memory"; }
  [[nodiscard]] std::string version() const override { return "threads"; }
  [[nodiscard]] std::string why_no_loopback() const override { return "memory"; }
  [[nodiscard]] std::size_t rails() const override { return rails_; }
  void complete_by_rail(std::span<const Ticket> receives, const RailArrived& arrived) override {
    complete(receives);
    for (std::size_t rail = 0; rail < rails_; ++rail) {
      arrived(rail);
    }
  }
  std::unique_ptr<Region> allocate(std::size_t bytes) override { return std::make_unique<Heap>(bytes); }
  void connect(int peer) override { connected_.insert(peer); }

  Ticket start_receive(int peer, const Slice& into) override {
    require_connected(peer);
    fabric_.receive(peer, rank_, bytes_of(into), new_flag());
    return last_;
  }
  Ticket start_send(int peer, const Slice& from) override {
    require_connected(peer);
    fabric_.send(rank_, peer, bytes_of(from), new_flag());
    return last_;
  }
  void complete(std::span<const Ticket> tickets) override {
    for (const auto ticket : tickets) {
      if (!done_.contains(ticket)) {
        throw std::runtime_error("a ticket is completed twice");
      }
      fabric_.wait(done_.at(ticket));
      done_.erase(ticket);
    }
  }
  [[nodiscard]] std::size_t not_completed() const { return done_.size(); }

 private:
  class Heap final : public Region {
   public:
    explicit Heap(std::size_t bytes) : bytes_(bytes) {}
    std::span<std::byte> bytes() override { return bytes_; }

   private:
    std::vector<std::byte> bytes_;
  };

  static std::span<std::byte> bytes_of(const Slice& slice) {
    if (slice.offset + slice.bytes > slice.region->bytes().size()) {
      throw std::runtime_error("a slice goes beyond its region");
    }
    return slice.region->bytes().subspan(slice.offset, slice.bytes);
  }
  void require_connected(int peer) const {
    if (!connected_.contains(peer)) {
      throw std::runtime_error("a message to a peer that is not connected");
    }
  }
  bool* new_flag() { return &done_[++last_]; }

  MemoryFabric& fabric_;
  int rank_;
  std::size_t rails_;
  std::set<int> connected_;
  std::map<Ticket, bool> done_;  // nodes stay where they are
  Ticket last_ = 0;
};

}  // namespace plumb::bench
