#include "bench/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr std::int64_t kPeerAlignment = 16;  // bytes; nccl-tests rounds per-peer blocks down to it

std::int64_t count_of(const Collective& collective, std::int64_t bytes, ElementType type, int ranks) {
  const auto size = static_cast<std::int64_t>(size_of(type));
  if (!collective.per_peer) {
    return bytes / size;
  }
  const std::int64_t alignment = kPeerAlignment / size;
  const std::int64_t count = bytes / size / ranks;
  return count - count % alignment;
}

std::vector<std::int64_t> sizes_of(const Sweep& sweep) {
  if (sweep.min_bytes <= 0 || sweep.max_bytes < sweep.min_bytes) {
    throw core::UsageError(
        fmt::format("sizes run from -b {} to -e {}; give 0 < -b <= -e", sweep.min_bytes, sweep.max_bytes));
  }
  if (sweep.factor <= 1 && sweep.step_bytes <= 0) {
    throw core::UsageError("give a step -i above 0 or a factor -f above 1");
  }
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = sweep.min_bytes; size <= sweep.max_bytes;) {
    sizes.push_back(size);
    size = sweep.factor > 1 ? std::max(size + 1, static_cast<std::int64_t>(static_cast<double>(size) * sweep.factor))
                            : size + sweep.step_bytes;
  }
  return sizes;
}

std::vector<int> roots_of(const Sweep& sweep, const Collective& collective, int ranks) {
  if (!collective.rooted) {
    return {0};
  }
  if (sweep.root < -1 || sweep.root >= ranks) {
    throw core::UsageError(fmt::format("-r {}: ranks are 0 to {}; -1 takes each in turn", sweep.root, ranks - 1));
  }
  std::vector<int> roots{std::max(sweep.root, 0)};
  while (sweep.root == -1 && roots.back() + 1 < ranks) {
    roots.push_back(roots.back() + 1);
  }
  return roots;
}

std::vector<bool> places_of(const Sweep& sweep, const Collective& collective) {
  if (!collective.in_place && !sweep.out_of_place) {
    throw core::UsageError(fmt::format("{} cannot run in place; use --place out", collective.title));
  }
  std::vector<bool> places;
  if (sweep.out_of_place) {
    places.push_back(false);
  }
  if (sweep.in_place && collective.in_place) {
    places.push_back(true);
  }
  return places;
}

/// Cases that differ from `one` in size and place only.
void append_sizes(const std::vector<std::int64_t>& sizes, const std::vector<bool>& places, Case one,
                  std::vector<Case>& cases) {
  for (const auto size : sizes) {
    const auto count = count_of(*one.collective, size, one.type, one.ranks);
    if (count == std::exchange(one.count, count)) {
      continue;
    }
    for (const bool in_place : places) {
      one.in_place = in_place;
      cases.push_back(one);
    }
  }
}

}  // namespace

std::int64_t Case::bytes() const {
  return std::max(send_elements(), receive_elements()) * static_cast<std::int64_t>(size_of(type));
}

std::string Case::redop_name() const {
  return collective->reduces ? std::string(name_of(op)) : std::string(collective->no_redop);
}

std::string Case::name() const {
  return fmt::format("{}/{}/{}/{}/{}/{}B/{}ranks/{}{}{}{}", collective->name, backend, memory, name_of(type),
                     redop_name(), bytes(), ranks, group >= 0 ? fmt::format("group{}/", group) : "",
                     collective->rooted ? fmt::format("root{}/", root) : "",
                     calls > 1 ? fmt::format("{}calls/", calls) : "", in_place ? "in" : "out");
}

double Case::algbw(double seconds) const { return static_cast<double>(bytes()) / seconds; }

std::vector<Case> expand(const Sweep& sweep, const Collective& collective, const std::string& backend, int ranks) {
  const auto sizes = sizes_of(sweep);
  const auto roots = roots_of(sweep, collective, ranks);
  const auto places = places_of(sweep, collective);
  const auto ops = collective.reduces ? sweep.ops : std::vector<ReduceOp>{ReduceOp::max};
  std::vector<Case> cases;
  for (const auto type : sweep.types) {
    for (const auto op : ops) {
      for (const int root : roots) {
        const Case one{
            .collective = &collective, .backend = backend, .type = type, .op = op, .ranks = ranks, .root = root};
        append_sizes(sizes, places, one, cases);
      }
    }
  }
  if (cases.empty()) {
    throw core::UsageError(fmt::format("nothing to measure: every size is below one element a rank ({} ranks)", ranks));
  }
  return cases;
}

}  // namespace plumb::bench
