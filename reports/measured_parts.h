// Who the measured parts are: their kind, what they stand in, and the versions of what they run on.
#pragma once

#include "reports/part_summary.h"

namespace plumb::reports {

/// Ends of evidence.pairs in the order of evidence.endpoints, then GPUs that only gpus.csv knows.
std::vector<MeasuredPart> measured_parts(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement);

/// What the manifests without a host tell: versions by component and tool, and allow-listed environment. What several
/// tell differently is joined.
std::map<std::string, std::string> facts_of(const std::vector<core::Manifest>& manifests);

/// The earliest start; from the run's name (20261123T182600Z-…) when no manifest tells. Throws Error.
std::string start_of(const Evidence& evidence);

}  // namespace plumb::reports
