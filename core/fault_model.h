// How likely a measured rate is when the slowest part on its way runs at a given share of its own rate.
// docs/verdicts.md, section 2, has the mathematics.
#pragma once

#include <cstddef>

namespace plumb::core {

/// Least share of measurements that something passing disturbs, whatever the parts do.
inline constexpr double kDisturbed = 0.003;

/// Slowdowns that are tried: |log factor| from 3.6 % to e^5, evenly on a log scale.
inline constexpr std::size_t kFactors = 24;
double factor_at(std::size_t index);
double log_factor_at(std::size_t index);
/// Index of the nearest of them: of the mildest when nothing is slow.
std::size_t nearest_factor(double ratio);

/// log(ratio), no lower than what the model knows.
double log_ratio_of(double ratio);

/// Density of `log_ratio`, mixed with a share `disturbed` of anything; faster than expected is as good as expected.
/// `log_factor` is 0 or below; `sigma` the relative noise. A slow part's own rate is known to a quarter of its
/// slowdown.
double likelihood(double log_ratio, double log_factor, double sigma, double disturbed = kDisturbed);
double log_likelihood(double ratio, double factor, double sigma, double disturbed = kDisturbed);

/// Clearly slower than noise explains.
bool is_slow(double ratio, double sigma);

}  // namespace plumb::core
