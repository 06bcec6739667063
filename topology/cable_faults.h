// How cables that are not as planned came about: which were swapped, which moved, which are gone.
#pragma once

#include "topology/cabling.h"

namespace plumb::topology {

struct CableFault {
  enum class Kind : std::uint8_t {
    rotated,  // found[i] shares a socket with planned[i] and one with planned[i + 1], round in a circle; two: a swap;
              // never many
    wrong_node,  // found[0] was planned as planned[0]: one end is right, the other in another node
    wrong_port,  // the same, but in another port or NIC of the right node
    missing,     // planned[0]: nothing in either socket
    extra        // found[0]: neither socket is planned
  };
  Kind kind;
  std::vector<std::uint32_t> planned, found;  // of cabling.planned() and found()
  /// A plug of found[i] (of found[0], when there is only one): the socket that it is in, and the one that it belongs
  /// in.
  struct Move {
    Socket from, to;
  };
  std::vector<Move> moves;
};

/// Explains cables that are left over on both sides.
std::vector<CableFault> faults_of(const Cabling& cabling, std::vector<std::uint32_t> planned,
                                  std::vector<std::uint32_t> found);

}  // namespace plumb::topology
