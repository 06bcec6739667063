// Why a GPU's clock is lower than it could be, as NVML's bits tell it.
#pragma once

#include <span>
#include <string_view>

namespace plumb::diag {

struct ThrottleReason {
  unsigned long long bit;
  std::string_view name;  // of the row in gpus.csv: throttle_NAME
};

/// All that NVML knows, without idleness, which is no fault.
std::span<const ThrottleReason> throttle_reasons();

}  // namespace plumb::diag
