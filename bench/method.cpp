#include "bench/method.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace plumb::bench {
namespace {

/// Each rank sends and receives all it has once a step, and those folded in or serving them once more.
double recursive_doubling(int ranks) {
  const auto taking_part = std::bit_floor(static_cast<unsigned>(ranks));
  const int steps = std::countr_zero(taking_part);
  return steps + (static_cast<unsigned>(ranks) == taking_part ? 0 : 1);
}
/// The root sends to every level of the tree.
double binomial_tree(int ranks) { return std::bit_width(static_cast<unsigned>(ranks) - 1U); }
/// The switch reads all that a GPU has and adds up on the way; the GPU writes its share of the sums once for all.
double nvls(int ranks) { return (ranks + 1.0) / ranks; }
/// The switches add up: out with all, back with the sum.
double once(int /*ranks*/) { return 1; }

struct Load {
  std::string_view algorithm;
  CollectiveKind kind;
  double (*factor)(int ranks);
};

constexpr Load kLoads[] = {
    {"recursive_doubling", CollectiveKind::allreduce, recursive_doubling},
    {"binomial_tree", CollectiveKind::broadcast, binomial_tree},
    {"binomial_tree", CollectiveKind::reduce, binomial_tree},
    {"nvls", CollectiveKind::allreduce, nvls},
    {"collnet_direct", CollectiveKind::allreduce, once},
    {"collnet_chain", CollectiveKind::allreduce, once},
};

/// These move what the bus factor says.
constexpr std::string_view kAsBus[] = {"ring", "tree", "pat", "chain", "pairwise"};

}  // namespace

std::optional<double> link_factor(const Case& one, const Method& method) {
  if (one.ranks < 2) {
    return 0;
  }
  if (const auto* load = std::ranges::find_if(
          kLoads, [&](const Load& l) { return l.algorithm == method.algorithm && l.kind == one.collective->kind; });
      load != std::end(kLoads)) {
    return load->factor(one.ranks);
  }
  return std::ranges::find(kAsBus, method.algorithm) == std::end(kAsBus)
             ? std::nullopt
             : std::optional(one.collective->bus_factor(one.ranks));
}

}  // namespace plumb::bench
