// What the id of a part tells, and how ids are put together.
#pragma once

#include <string>
#include <string_view>

#include "core/rows.h"
#include "topology/graph.h"

namespace plumb::topology {

/// "switch/leaf7:13"; without a port, the node alone. Into `end`, whose memory is used again.
void write_end(std::string_view node, std::string_view port, std::string& end);
std::string end_of(std::string_view node, std::string_view port);

/// Of a node id. Throws Error when it does not tell the kind.
NodeKind kind_in(std::string_view id);

/// Kind, name and host as an id tells them, as views into it: "nic/n05/mlx5_0".
core::NodeView implied_by(std::string_view id);

/// "nic/n05/enp25s0np0" of nic/n05/mlx5_0 when it is named "mlx5_0 (enp25s0np0)": neighbours and drawings know it by
/// its interface. Empty for all others.
std::string second_id(const core::NodeView& row);

/// The other end first.
void flip(core::LinkView& row);

}  // namespace plumb::topology
