#include "topology/cable_chains.h"

#include <algorithm>
#include <span>

namespace plumb::topology {
namespace {

constexpr std::uint32_t kNone = 0xffffffff;
// How far swaps are looked for, so that the time stays linear in the cables.
constexpr std::size_t kTried = 256, kTaken = 16;  // ends of one part
constexpr std::size_t kSteps = 20'000'000;        // in all

/// An end of the cable at `end / 2` of one side's list.
using EndIndex = std::uint32_t;
EndIndex across(EndIndex end) { return end ^ 1U; }

/// The cables of one side, and with which end of the other side each end shares a socket.
struct Side {
  std::vector<std::uint32_t> cables;
  std::vector<Socket> sockets;  // by end
  std::vector<EndIndex> mates;  // by end
  std::vector<EndIndex> by_part;
  std::vector<bool> seen;  // by cable: is in a chain

  Side(const std::vector<Cable>& all, std::vector<std::uint32_t> left) : cables(std::move(left)) {
    for (const auto cable : cables) {
      sockets.insert(sockets.end(), all[cable].ends.begin(), all[cable].ends.end());
    }
    mates.assign(sockets.size(), kNone);
    seen.assign(cables.size(), false);
    for (EndIndex end = 0; end < sockets.size(); ++end) {
      by_part.push_back(end);
    }
    std::ranges::sort(by_part, {}, [&](EndIndex end) { return std::pair(sockets[end], end); });
  }

  [[nodiscard]] std::span<const EndIndex> at(Part part) const {
    const auto part_of = [&](EndIndex end) { return sockets[end].part; };
    return {std::ranges::lower_bound(by_part, part, {}, part_of), std::ranges::upper_bound(by_part, part, {}, part_of)};
  }
};

/// The sockets that found and planned cables share make chains and circles, in which the two alternate.
class Chaining {
 public:
  Chaining(const Cabling& cabling, std::vector<std::uint32_t> planned, std::vector<std::uint32_t> found)
      : planned_(cabling.planned(), std::move(planned)), found_(cabling.found(), std::move(found)) {
    mate_known_ports();
    mate_swaps();
    mate_the_rest();
  }

  std::vector<CableChain> chains() {
    for (const bool is_planned : {true, false}) {
      const auto& side = is_planned ? planned_ : found_;
      for (EndIndex end = 0; end < side.sockets.size(); ++end) {
        if (side.mates[end] == kNone) {
          add_chain(is_planned, end, false);
        }
      }
    }
    for (EndIndex end = 0; end < planned_.sockets.size(); end += 2) {
      add_chain(true, end, true);
    }
    return std::move(chains_);
  }

 private:
  void mate(EndIndex planned, EndIndex found) {
    planned_.mates[planned] = found;
    found_.mates[found] = planned;
  }

  void mate_known_ports() {
    auto f = found_.by_part.begin();
    for (const auto end : planned_.by_part) {
      const auto& socket = planned_.sockets[end];
      while (f != found_.by_part.end() && found_.sockets[*f] < socket) {
        ++f;
      }
      if (socket.port != kAnyPort && f != found_.by_part.end() && found_.sockets[*f] == socket) {
        mate(end, *f++);
      }
    }
  }

  /// Ends of `to` that may be in the socket of an end of `from`.
  static std::vector<EndIndex> candidates(const Side& from, EndIndex end, const Side& to) {
    if (from.mates[end] != kNone) {
      return {from.mates[end]};
    }
    std::vector<EndIndex> list;
    const auto all = to.at(from.sockets[end].part);
    for (const auto one : all.first(std::min(all.size(), kTried))) {
      if (list.size() < kTaken && to.mates[one] == kNone && agree(from.sockets[end], to.sockets[one])) {
        list.push_back(one);
      }
    }
    return list;
  }

  [[nodiscard]] bool can_mate(EndIndex planned, EndIndex found) const {
    const bool both_free = planned_.mates[planned] == kNone && found_.mates[found] == kNone;
    return planned_.mates[planned] == found || (both_free && agree(planned_.sockets[planned], found_.sockets[found]));
  }

  /// Where ports are not known, many chains are possible: the shortest circles are the likeliest.
  void mate_swaps() {
    std::size_t steps = 0;
    for (EndIndex a = 0; a < planned_.sockets.size() && steps < kSteps; a += 2) {
      if (planned_.mates[a] == kNone || planned_.mates[across(a)] == kNone) {
        steps += mate_swap(a);
      }
    }
  }

  /// Planned a--b and c--d, found a--d and c--b. How long it looked.
  std::size_t mate_swap(EndIndex a) {
    std::size_t steps = 1;
    const auto b = across(a);
    for (const auto found_a : candidates(planned_, a, found_)) {
      const auto found_d = across(found_a);
      for (const auto d : candidates(found_, found_d, planned_)) {
        const auto c = across(d);
        for (const auto found_c : d / 2 == a / 2 ? std::vector<EndIndex>() : candidates(planned_, c, found_)) {
          ++steps;
          const auto found_b = across(found_c);
          if (found_c / 2 != found_a / 2 && can_mate(b, found_b)) {
            mate(a, found_a);
            mate(d, found_d);
            mate(c, found_c);
            mate(b, found_b);
            return steps;
          }
        }
      }
    }
    return steps;
  }

  /// Free ends of one part whose ports differ cannot be the same socket; an end without a port may be in any.
  void mate_the_rest() {
    for (auto first = planned_.by_part.begin(); first != planned_.by_part.end();) {
      const auto part = planned_.sockets[*first].part;
      const auto last =
          std::find_if(first, planned_.by_part.end(), [&](EndIndex end) { return planned_.sockets[end].part != part; });
      const auto planned_any = free_ends(planned_, {first, last}, false),
                 found_any = free_ends(found_, found_.at(part), false);
      const auto in_port = zip(free_ends(planned_, {first, last}, true), found_any, 0, 0);
      const auto any = zip(planned_any, free_ends(found_, found_.at(part), true), 0, 0);
      zip(planned_any, found_any, any, in_port);
      first = last;
    }
  }

  static std::vector<EndIndex> free_ends(const Side& side, std::span<const EndIndex> ends, bool with_port) {
    std::vector<EndIndex> free;
    std::ranges::copy_if(ends, std::back_inserter(free), [&](EndIndex end) {
      return side.mates[end] == kNone && (side.sockets[end].port != kAnyPort) == with_port;
    });
    return free;
  }

  /// Mates those from `p` and from `f` on; how many.
  std::size_t zip(const std::vector<EndIndex>& planned, const std::vector<EndIndex>& found, std::size_t p,
                  std::size_t f) {
    std::size_t mated = 0;
    for (; p < planned.size() && f < found.size(); ++p, ++f, ++mated) {
      mate(planned[p], found[f]);
    }
    return mated;
  }

  void add_chain(bool is_planned, EndIndex end, bool is_circle) {
    CableChain chain{{}, is_circle};
    while (end != kNone) {
      auto& side = is_planned ? planned_ : found_;
      if (side.seen[end / 2]) {
        break;
      }
      side.seen[end / 2] = true;
      chain.steps.push_back({is_planned, side.cables[end / 2], side.sockets[end], side.sockets[across(end)]});
      end = side.mates[across(end)];
      is_planned = !is_planned;
    }
    if (!chain.steps.empty()) {
      chains_.push_back(std::move(chain));
    }
  }

  Side planned_, found_;
  std::vector<CableChain> chains_;
};

}  // namespace

std::vector<CableChain> chains_of(const Cabling& cabling, std::vector<std::uint32_t> planned,
                                  std::vector<std::uint32_t> found) {
  return Chaining(cabling, std::move(planned), std::move(found)).chains();
}

}  // namespace plumb::topology
