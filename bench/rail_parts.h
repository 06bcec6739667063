// How a message is cut over the NICs that a rank drives at once, its rails.
#pragma once

#include <cstddef>
#include <functional>

namespace plumb::bench {

/// What goes over one of them, bytes.
struct RailPart {
  std::size_t offset = 0, bytes = 0;
};

/// Told the number of one.
using RailArrived = std::function<void(std::size_t rail)>;

/// Over how many of `rails` a message of `bytes` goes: over all of them, unless their parts were less than a page each.
std::size_t rails_used(std::size_t bytes, std::size_t rails);

/// The part of one of those: whole pages, but for the end of the message; as many each as far as that goes.
RailPart rail_part(std::size_t bytes, std::size_t rail, std::size_t rails);

}  // namespace plumb::bench
