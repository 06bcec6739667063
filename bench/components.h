// The optional parts of the bench programs.
#pragma once

#include <vector>

#include "core/manifest.h"

namespace plumb::bench {

/// Each with its version, or why it is absent. What --components prints and manifests keep.
std::vector<core::Component> components();

}  // namespace plumb::bench
