// Check rows as findings put them.
#pragma once

#include <string>
#include <vector>

#include "core/finding.h"
#include "core/rows.h"

namespace plumb::reports {

/// What a check that did not pass means.
core::FindingKind kind_of_check(std::string_view check);

/// "switch/leaf1:5: link width: 2x HDR, expected 4x HDR"; of cables, what is where: that says more than an id.
std::string title_of(const core::CheckRow& row);

/// Of several parts of a node: "switch/leaf1: 20 parts are not as planned (12 cable wrong port, 8 cable missing)".
std::string title_of(const std::string& node, core::FindingKind kind, std::size_t parts,
                     const std::vector<const core::CheckRow*>& rows);

/// Of what many hosts have alike: "12 hosts: roce mtu: ens0: 1500 B, expected 4200 B or more".
std::string title_of_alike(std::size_t hosts, const core::CheckRow& first);

/// "2x HDR, expected 4x HDR".
std::string says(const core::CheckRow& row);

}  // namespace plumb::reports
