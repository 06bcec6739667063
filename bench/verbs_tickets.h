// Sends and receives under way: how many parts each still waits for.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/transport.h"

namespace plumb::bench {

class VerbsTickets {
 public:
  Ticket open(int peer, std::size_t parts) {
    if (free_.empty()) {
      free_.push_back(open_.size());
      open_.emplace_back();
    }
    const Ticket ticket = free_.back();
    free_.pop_back();
    open_[ticket] = {peer, parts};
    return ticket;
  }
  void part_done(Ticket ticket) { --open_[ticket].parts; }
  [[nodiscard]] bool is_done(Ticket ticket) const { return open_[ticket].parts == 0; }
  [[nodiscard]] int peer_of(Ticket ticket) const { return open_[ticket].peer; }
  void close(Ticket ticket) { free_.push_back(ticket); }

 private:
  struct State {
    int peer = -1;
    std::size_t parts = 0;
  };
  std::vector<State> open_;
  std::vector<Ticket> free_;
};

}  // namespace plumb::bench
