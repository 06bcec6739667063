// Colours of a picture, on light and on dark ground.
#pragma once

#include <array>
#include <string>

namespace plumb::topology {

inline constexpr std::size_t kHues = 8;  // of rails; further rails begin again

/// A style sheet that holds inside .plumb-map only: by the reader's preference, or by data-theme of an element around.
std::string style_text();

}  // namespace plumb::topology
