// The picture of the map in report.html.
#pragma once

#include <string>

#include "reports/judge.h"

namespace plumb::reports {

/// SVG of the map with what was found and what was not measured; empty without cables.
std::string map_svg(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement);

}  // namespace plumb::reports
