// Pictures as SVG.
#pragma once

#include <string>

#include "topology/map_picture.h"

namespace plumb::topology {

/// A whole SVG document without scripts, safe on light and dark ground, that may stand alone or inside an HTML page
/// (whose data-theme, "light" or "dark", it then follows). Names are escaped; every box and line tells what it is.
std::string svg_text(const Picture& picture);

/// A page with the SVG in it, where names can be looked for.
std::string html_text(const Picture& picture);

}  // namespace plumb::topology
