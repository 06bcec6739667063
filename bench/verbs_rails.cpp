#include "bench/verbs_rails.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"

namespace plumb::bench {
namespace {

/// One NIC a rank: ranks beyond the last begin anew. Several: no rank shares any.
std::vector<std::string> names_at(const RdmaSettings& settings, std::size_t place) {
  const auto all = settings.nics.empty() ? active_verbs_devices() : settings.nics;
  const auto wanted = static_cast<std::size_t>(settings.nics_per_rank);
  if (all.empty()) {
    throw core::Error("no RDMA device has an active port");
  }
  if (wanted == 1) {
    return {all[place % all.size()]};
  }
  if ((place + 1) * wanted > all.size()) {
    throw core::Error(fmt::format("{} NICs a rank are more than there are for rank {} of this host: {}", wanted, place,
                                  fmt::join(all, ", ")));
  }
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(place * wanted);
  return {first, first + static_cast<std::ptrdiff_t>(wanted)};
}

}  // namespace

VerbsRails::VerbsRails(const RdmaSettings& settings, int local_rank, int a_peer) {
  try {
    for (const auto& name : names_at(settings, static_cast<std::size_t>(local_rank))) {
      rails_.push_back(std::make_unique<Rail>(name, settings, a_peer));
      devices_.push_back(&rails_.back()->device);
    }
  } catch (const core::Error& error) {
    why_closed_ = error.what();
    devices_.clear();
    rails_.clear();
  }
}

void VerbsRails::make_room_for(int peers) {
  for (const auto& rail : rails_) {
    rail->completions.make_room_for(peers);
  }
}

std::vector<std::string> VerbsRails::names() const {
  std::vector<std::string> names;
  for (const auto* device : devices_) {
    names.push_back(device->name());
  }
  return names;
}

std::string VerbsRails::words() const {
  std::vector<std::string> words;
  for (const auto* device : devices_) {
    words.push_back(device->words());
  }
  return are_open() ? fmt::format("{}", fmt::join(words, "; ")) : why_closed_;
}

}  // namespace plumb::bench
