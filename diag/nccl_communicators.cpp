// Which ranks of which communicators began and ended their init.
#include <fmt/format.h>

#include <algorithm>

#include "diag/nccl_log.h"

namespace plumb::diag {
namespace {

/// "comm 0x… rank 3 nranks 8 …" as numbers.
int small_number_after(std::string_view text, std::string_view word) {
  const auto number = number_after(text, word).value_or(-1);
  return number >= 0 && number <= kMostRanks ? static_cast<int>(number) : -1;
}

}  // namespace

/// "comm 0x… rank 0 nRanks 16 nNodes 2 …"; before 2.19 the ends of init begin likewise.
void NcclLog::add_nodes(const Message& message) {
  if (message.text.find("- Init ") != std::string_view::npos) {
    add_init(message);
    return;
  }
  const int nodes = small_number_after(message.text, " nNodes ");
  const auto address = number_after(message.text, "comm 0x", 16);
  for (const auto& [known, communicator] : facts_.processes[message.process].communicators) {
    if (nodes > 0 && address && known == static_cast<std::uint64_t>(*address)) {
      facts_.communicators[communicator].nodes = nodes;
    }
  }
}

/// Ranks of one communicator give it the same commId; before 2.16 they give none. A split one is told by its parent,
/// whose address is another one in each process.
std::uint32_t NcclLog::communicator_of(std::uint32_t process, std::string_view text, int ranks) {
  std::string name = fmt::format("{} of {}", word_after(text, " commId "), ranks);
  if (const auto parent = number_after(text, " parent 0x", 16)) {
    const auto& known = facts_.processes[process].communicators;
    const auto found =
        std::ranges::find(known, static_cast<std::uint64_t>(*parent), &std::pair<std::uint64_t, std::uint32_t>::first);
    const auto split = word_after(text, " splitCount "), color = word_after(text, " color ");
    name = fmt::format("{} split {} color {} of {}",
                       found == known.end() ? "?" : facts_.communicators[found->second].name, split, color, ranks);
  }
  auto found = communicators_.find(name);
  if (found == communicators_.end()) {
    const auto kept = facts_.words[facts_.words.id_of(name)];
    found = communicators_.emplace(kept, static_cast<std::uint32_t>(facts_.communicators.size())).first;
    facts_.communicators.push_back({.name = kept, .ranks = ranks});
  }
  return found->second;
}

/// "ncclCommInitRank comm 0x… rank 1 nranks 4 cudaDev 1 nvmlDev 0 busId 23000 commId 0x… - Init START".
void NcclLog::add_init(const Message& message) {
  const auto text = message.text;
  const bool is_start = text.find("- Init START") != std::string_view::npos;
  const bool is_end = text.find("- Init COMPLETE") != std::string_view::npos;
  const int rank = small_number_after(text, " rank "), ranks = small_number_after(text, " nranks ");
  if ((!is_start && !is_end) || rank < 0 || ranks <= rank) {
    return;
  }
  const auto number = small_number_after(text, " cudaDev ");
  const auto index = number < 0 ? message.device : device_of(message.process, number);
  const auto communicator = communicator_of(message.process, text, ranks);
  auto& member = facts_.communicators[communicator].members[rank];
  member.device = index;
  (is_start ? member.started : member.completed) = here_;
  auto& device = facts_.devices[index];
  if (ranks >= device.ranks) {
    device.rank = rank;
    device.ranks = ranks;
  }
  device.bus = static_cast<std::uint64_t>(number_after(text, " busId ", 16).value_or(0));
  auto& known = facts_.processes[message.process].communicators;
  const auto address = number_after(text, "comm 0x", 16);
  const std::pair entry(static_cast<std::uint64_t>(address.value_or(0)), communicator);
  if (address && std::ranges::find(known, entry) == known.end()) {
    known.push_back(entry);
  }
}

}  // namespace plumb::diag
