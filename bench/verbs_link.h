// What joins a rank to one peer: a VerbsPeer over each of its NICs, all of them or none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/rail_parts.h"
#include "bench/verbs_peer.h"
#include "bench/verbs_rails.h"

namespace plumb::bench {

class VerbsLink {
 public:
  [[nodiscard]] bool is_up() const { return !rails_.empty(); }
  /// Empty: it never was up.
  [[nodiscard]] const std::string& why_down() const { return why_down_; }
  /// Connections made so far.
  [[nodiscard]] std::uint32_t connections() const { return connections_; }
  /// Of the one that is up.
  [[nodiscard]] bool has(const WorkId& id) const { return is_up() && (connections_ & 0xfffU) == id.connection; }

  /// Begins a new connection, which open() makes.
  void begin();
  /// Throws core::Error.
  void open(VerbsRails& nics, const RdmaSettings& settings, VerbsTickets& tickets, std::uint32_t peer, bool plants);
  void break_off(const std::string& why);

  /// While it is up.
  [[nodiscard]] const std::vector<std::unique_ptr<VerbsPeer>>& rails() const { return rails_; }
  /// How many parts of a message complete apart, over all rails.
  [[nodiscard]] std::size_t parts(const Slice& slice) const;
  void add_receive(const Slice& into, Ticket ticket);
  void add_send(const Slice& from, Ticket ticket);

 private:
  /// Calls `use` with the VerbsPeer and the part of each rail that the message goes over.
  template <class Use>
  void on_parts(const Slice& slice, Use&& use) const {
    for (std::size_t rail = 0; rail < rails_used(slice.bytes, rails_.size()); ++rail) {
      const auto part = rail_part(slice.bytes, rail, rails_.size());
      use(*rails_[rail], Slice{slice.region, slice.offset + part.offset, part.bytes});
    }
  }

  std::uint32_t connections_ = 0;
  std::vector<std::unique_ptr<VerbsPeer>> rails_;
  std::string why_down_;
};

/// Tells each rail as soon as it has no receive left.
class VerbsRailWatch {
 public:
  VerbsRailWatch(const VerbsLink& link, const RailArrived& arrived)
      : link_(link), arrived_(arrived), is_told_(link.rails().size()) {}
  void look();

 private:
  const VerbsLink& link_;
  const RailArrived& arrived_;
  std::vector<bool> is_told_;
};

}  // namespace plumb::bench
