// Cables that are plugged in elsewhere than the map says, as load shows it. Only judge_load.cpp calls these.
#pragma once

#include "core/finding.h"
#include "reports/load.h"
#include "reports/places.h"

namespace plumb::reports {

/// Neighbours on one leaf that slow each other down: their traffic goes elsewhere.
void judge_crossed(const Evidence& evidence, const topology::Graph& graph, const Places& places, const Load& load,
                   core::Verdict& verdict);

/// What it reached over what the map lets it have.
double ratio_of(const Evidence& evidence, const LoadedRow& row);

/// The rows that fall shortest of what the map lets them have, as evidence.
void quote_slowest(const Evidence& evidence, std::vector<LoadedRow> rows, core::Finding& finding);

}  // namespace plumb::reports
