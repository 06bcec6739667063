// What a schedule of measurements can see, and how often it blames the innocent. docs/verdicts.md, sections 3 and 5.
#pragma once

#include <cstddef>
#include <optional>

namespace plumb::core {

/// Bound on the expected share of innocent parts among those blamed, and on the probability that a healthy run blames
/// any.
inline constexpr double kFalseBlames = 0.01;

/// Prior share of faults that hurt both directions of a part; each single direction has half of the rest.
inline constexpr double kBothWays = 0.5;

/// Log e-value that the first blame in a run needs, when so many groups of parts could be blamed.
double blame_threshold(std::size_t groups);

/// Mildest slowdown (rate over expected) that is blamed with 99 % probability on a part which so many measurements
/// touched, each with probability `weight`, at relative noise `sigma`; none when not even the worst would be.
std::optional<double> detectable_factor(double measurements, double weight, double sigma, std::size_t groups);

}  // namespace plumb::core
