// What is wrong with the parts of a map, and where: from rows of checks, and from whoever else judges.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// The worse the greater.
enum class Condition : std::uint8_t { fine, not_measured, absent, warn, fail };

/// Said of a part: a node id, a link id, or "node:port".
struct Mark {
  std::string subject;
  Condition condition = Condition::fail;
  std::string says;       // "cable_missing: no cable in this port"
  std::string host = {};  // where, when the subject is no part of the map
};

/// The rows with status fail, warn or absent.
std::vector<Mark> marks_of(std::span<const core::CheckRow> rows);

/// A mark at its place. Of a GPU, that is its host; of a link inside a host, the NIC at its end or the host.
struct Fault {
  enum class Where : std::uint8_t { node, cable, no_cable, nowhere };  // no_cable: one that should be there
  Where where = Where::nowhere;
  Condition condition = Condition::fail;
  std::string subject, says;
  NodeIndex a = 0, b = 0;  // node: a
  LinkIndex link = 0;      // cable
};

struct Conditions {
  std::vector<Condition> of_node, of_link;
  std::vector<Fault> faults;  // the worst first, those on the map before others; what was not measured is none
};

/// `marks` at their places on the map. What is said twice of a part counts once. Cables that are down are absent.
Conditions placed(const Graph& graph, std::span<const Mark> marks);

/// Whether a port or cable in this state carries nothing: "down", "polling", "disabled".
bool is_down(std::string_view state);

}  // namespace plumb::topology
