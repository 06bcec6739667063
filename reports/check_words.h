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

/// Of a check that many hosts fail: "12 of 64 hosts: roce mtu: 1500 B, expected 4200 B or more". Where rows differ, the
/// first is named as an example.
std::string title_of_alike(const std::string& hosts, const core::CheckRow& first, bool all_say_so);

/// "2x HDR, expected 4x HDR".
std::string says(const core::CheckRow& row);

}  // namespace plumb::reports
