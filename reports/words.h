// The words of findings.
#pragma once

#include <string>
#include <vector>

#include "core/finding.h"
#include "reports/fabric.h"
#include "reports/localise.h"

namespace plumb::reports {

/// With their ids, in the order of the blame.
std::vector<core::SuspectedPart> suspects_of(const Blame& blame, const Fabric& fabric);

core::FindingKind slow_kind(std::string_view part_kind);

/// "host n05: 18 % of its peers' rate, both directions, 21 of 21 measurements".
/// `subject`: bandwidth, latency or stalls.
std::string title_of(const Blame& blame, const Fabric& fabric, const std::string& subject);

std::string advice_for(core::FindingKind kind, const Blame& blame, const Fabric& fabric);

/// "; or nic n05/mlx5_0, host n05: not told apart"; nothing when one part is suspected.
std::string not_told_apart(const Blame& blame, const Fabric& fabric);

/// "host n05", "cable nic/n05/mlx5_0:1--switch/leaf-1:5".
std::string spoken(const Part& part);

}  // namespace plumb::reports
