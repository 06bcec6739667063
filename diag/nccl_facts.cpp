#include "diag/nccl_facts.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::diag {

Words::Id Words::id_of(std::string_view word) {
  if (const auto found = ids_.find(word); found != ids_.end()) {
    return found->second;
  }
  const auto id = static_cast<Id>(words_.size());
  words_.push_back(pool_.keep(word));
  ids_.emplace(words_.back(), id);
  return id;
}

const Said* NcclFacts::find(const NcclProcess& process, std::string_view name) {
  const auto id = words.id_of(name);
  const auto found = std::ranges::find(process.said, id, &Said::name);
  return found == process.said.end() ? nullptr : &*found;
}

std::string NcclFacts::where(Place place) const {
  return place.line == 0 ? "" : fmt::format("{}:{}", files[place.file], place.line);
}

}  // namespace plumb::diag
