#include "bench/case.h"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

std::int64_t Case::bytes() const {
  return std::max(send_elements(), receive_elements()) * static_cast<std::int64_t>(size_of(type));
}

std::string Case::redop_name() const { return collective->reduces ? std::string(name_of(op)) : "none"; }

std::string Case::name() const {
  return fmt::format("{}/{}/{}/{}/{}/{}B/{}ranks/{}", collective->name, backend, memory, name_of(type), redop_name(),
                     bytes(), ranks, in_place ? "in" : "out");
}

double Case::algbw(double seconds) const { return static_cast<double>(bytes()) / seconds; }

std::vector<Case> expand(const Sweep& sweep, const Collective& collective, const std::string& backend, int ranks) {
  const auto sizes = sizes_of(sweep);
  const auto ops = collective.reduces ? sweep.ops : std::vector<ReduceOp>{ReduceOp::max};
  std::vector<Case> cases;
  for (const auto type : sweep.types) {
    for (const auto op : ops) {
      std::int64_t before = 0;
      for (const auto size : sizes) {
        Case one{
            .collective = &collective, .backend = backend, .type = type, .op = op, .ranks = ranks, .root = sweep.root};
        one.count = count_of(collective, size, type, ranks);
        if (one.count == before) {
          continue;
        }
        before = one.count;
        for (const bool in_place : {false, true}) {
          one.in_place = in_place;
          if ((in_place ? sweep.in_place : sweep.out_of_place)) {
            cases.push_back(one);
          }
        }
      }
    }
  }
  if (cases.empty()) {
    throw core::UsageError(fmt::format("nothing to measure: every size is below one element a rank ({} ranks)", ranks));
  }
  return cases;
}

}  // namespace plumb::bench
