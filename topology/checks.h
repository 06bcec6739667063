// Every check's function; check.cpp has the table.
#pragma once

#include "topology/check.h"

namespace plumb::topology {

/// Cables and nodes against the plan, when there is one with names: fail, warn; absent for what has no counterpart to
/// compare with. Checks: cable, cable_missing, cable_extra, cable_swapped, cable_rotated, cable_wrong_port,
/// cable_wrong_node, cable_slower_than_plan, node_missing, node_extra.
void check_cables(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Devices of one model with other firmware than most of them: warn.
void check_firmware(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Cables and NVLinks that are down, narrower or slower than both ends are set to, or slower than their peers; PCIe the
/// same, against what both ends can.
void check_link_speed(const Checked& checked, std::vector<core::CheckRow>& rows);
void check_pcie_speed(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Error counters that rise between two readings, stand above zero in a single one, or stand at the end of their field.
void check_counters(const Checked& checked, std::vector<core::CheckRow>& rows);

/// NICs on a leaf of another rail; hosts with fewer NICs than most. The first says nothing of other fabrics.
void check_rails(const Checked& checked, std::vector<core::CheckRow>& rows);
void check_rails_missing(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Switches against their peers (fabric_shape.h): cables up and how they spread; hosts over cables up; hosts.
void check_uplinks(const Checked& checked, std::vector<core::CheckRow>& rows);
void check_oversubscription(const Checked& checked, std::vector<core::CheckRow>& rows);
void check_hosts_a_leaf(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Cables between switches of one tier, or that skip one.
void check_tiers(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Hosts, or NICs of a rail, that cannot reach the others.
void check_islands(const Checked& checked, std::vector<core::CheckRow>& rows);

/// What the halves of the fabric can exchange (bisection.h), against a rule or what its own symmetry promises.
void check_bisection(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Counts against those of a rule.
void check_rule(const Checked& checked, std::vector<core::CheckRow>& rows);

/// GPUs of a host, or hosts of a rack or cluster, in several NVLink cliques.
void check_cliques(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Devices with one GUID, switches with one name.
void check_duplicates(const Checked& checked, std::vector<core::CheckRow>& rows);

}  // namespace plumb::topology
