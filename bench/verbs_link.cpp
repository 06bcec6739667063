#include "bench/verbs_link.h"

namespace plumb::bench {

void VerbsLink::begin() {
  break_off("");
  ++connections_;
}

void VerbsLink::open(VerbsRails& nics, const RdmaSettings& settings, VerbsTickets& tickets, std::uint32_t peer,
                     bool plants) {
  const WorkId id{.connection = connections_, .peer = peer};
  for (std::size_t rail = 0; rail < nics.devices().size(); ++rail) {
    rails_.push_back(std::make_unique<VerbsPeer>(*nics.devices()[rail], rail, nics.completions(rail).queue(), settings,
                                                 tickets, id, plants));
  }
}

void VerbsLink::break_off(const std::string& why) {
  rails_.clear();
  why_down_ = why;
}

std::size_t VerbsLink::parts(const Slice& slice) const {
  std::size_t parts = 0;
  on_parts(slice, [&](const VerbsPeer& rail, const Slice& part) { parts += rail.parts(part); });
  return parts;
}

void VerbsLink::add_receive(const Slice& into, Ticket ticket) {
  on_parts(into, [&](VerbsPeer& rail, const Slice& part) { rail.add_receive(part, ticket); });
}

void VerbsLink::add_send(const Slice& from, Ticket ticket) {
  on_parts(from, [&](VerbsPeer& rail, const Slice& part) { rail.add_send(part, ticket); });
}

void VerbsRailWatch::look() {
  for (std::size_t rail = 0; rail < link_.rails().size(); ++rail) {
    if (!is_told_[rail] && !link_.rails()[rail]->is_receiving()) {
      is_told_[rail] = true;
      arrived_(rail);
    }
  }
}

}  // namespace plumb::bench
