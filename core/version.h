#pragma once

namespace plumb::core {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace plumb::core
