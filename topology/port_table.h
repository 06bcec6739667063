// Which link holds a port.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace plumb::topology {

/// Of each node a small hash table of its own: links come node by node, so what is asked next lies near what was asked
/// last. That is twice as fast as one table of millions of ports.
class PortTable {
 public:
  static constexpr std::uint32_t kFree = 0xffffffff;

  /// The link that was put there first, or kFree. `port` is any number but 0 that tells the node's ports apart.
  [[nodiscard]] std::uint32_t find(std::uint32_t node, std::uint64_t port) const;
  /// So many ports are to come, about.
  void expect(std::size_t ports);
  /// Does nothing when the port is taken.
  void put(std::uint32_t node, std::uint64_t port, std::uint32_t link);

 private:
  struct Slot {
    std::uint64_t port = 0;
    std::uint32_t link = kFree;
  };
  struct Table {
    std::uint32_t first = 0;  // of slots_
    std::uint32_t used = 0;
    std::uint8_t doublings = 0;
    bool exists = false;
    [[nodiscard]] std::uint32_t size() const { return 1U << doublings; }
  };

  [[nodiscard]] static std::uint32_t place_of(const Table& table, std::uint64_t port);
  [[nodiscard]] std::uint32_t slot_of(const Table& table, std::uint64_t port) const;
  std::uint32_t take(std::uint8_t doublings);
  void grow(Table& table);

  std::vector<Table> tables_;  // by node
  std::vector<Slot> slots_;
  std::array<std::vector<std::uint32_t>, 32> unused_;  // first slots of tables that grew out, by doublings
};

}  // namespace plumb::topology
