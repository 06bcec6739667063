// What the subject of a check row is: a node, a cable, or a port of a node.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "topology/graph.h"

namespace plumb::reports {

struct CheckSubject {
  std::vector<std::string> components;  // the parts to suspect: of a port, its cable; none when the row is about none
  std::vector<std::string> nodes;       // the hosts and switches that they belong to
  std::vector<std::string> parts;       // what measurements may have blamed for it, the likeliest first
};

class CheckSubjects {
 public:
  explicit CheckSubjects(const topology::Graph& graph) : graph_(graph) {}

  /// `subject`: a node id, a link id (of the map, or only planned), "node:port", or several of them
  /// (topology/subjects.h).
  CheckSubject of(const std::string& subject);

 private:
  CheckSubject of_one(const std::string& id);
  std::optional<topology::LinkIndex> cable_in(const std::string& port);

  const topology::Graph& graph_;
  std::unordered_map<std::string, topology::LinkIndex> cables_;  // by port, of those that were asked for
};

}  // namespace plumb::reports
