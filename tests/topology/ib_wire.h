// A wire for management datagrams that may lose, repeat or keep what goes over it.
#pragma once

#include <algorithm>
#include <deque>
#include <random>

#include "topology/mad_exchange.h"

namespace plumb::test {

inline topology::Deadline after(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

struct Wire : topology::MadTransport {
  virtual std::optional<topology::MadData> answer(const topology::MadRequest& request) = 0;  // nothing: refused

  bool send(std::uint32_t id, const topology::MadRequest& request) override {
    ++sent;
    const bool is_kept = silent;
    const bool is_lost = chance(random) < loss;
    if (!is_kept) {
      const auto data = is_lost ? std::nullopt : answer(request);
      replies.push_back({id, data.has_value(), data.value_or(topology::MadData{})});
      most_under_way = std::max(most_under_way, replies.size());
      if (repeats) {
        replies.push_back(replies.back());
      }
    }
    return true;
  }

  std::optional<topology::MadReply> receive(std::chrono::milliseconds) override {
    if (replies.empty()) {
      return std::nullopt;
    }
    const auto reply = replies.front();
    replies.pop_front();
    return reply;
  }

  double loss = 0;
  bool silent = false, repeats = false;
  std::size_t sent = 0, most_under_way = 0;
  std::deque<topology::MadReply> replies;
  std::mt19937 random{7};
  std::uniform_real_distribution<double> chance{0, 1};
};

}  // namespace plumb::test
