// Which few parts explain the slow measurements and are not contradicted by the fast ones. docs/verdicts.md has the
// mathematics. Pure: no files, no ids; the same input gives the same output.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace plumb::reports {

/// Traffic uses a part in one of two directions; `both` where that means nothing (a switch).
enum class Direction : std::uint8_t { both, out, in };

/// A measurement went through this part with this probability (1 unless the path is one of several).
struct Touch {
  std::uint32_t part = 0;
  Direction direction = Direction::both;
  float weight = 1;
};

/// Measurements and what they touched, in compressed rows.
struct Incidence {
  std::vector<float> ratio;             // measured over expected rate
  std::vector<float> sigma;             // relative noise of a healthy measurement of the same class
  std::vector<std::uint64_t> first{0};  // touches of measurement m: [first[m], first[m + 1])
  std::vector<Touch> touches;
  std::vector<float> log_prior;  // by part, up to a constant

  [[nodiscard]] std::size_t measurements() const { return ratio.size(); }
  [[nodiscard]] std::size_t parts() const { return log_prior.size(); }
  void add(double measured_over_expected, double noise, std::span<const Touch> touched);
};

struct Suspect {
  std::uint32_t part = 0;
  Direction direction = Direction::both;
  double posterior = 0;
};

/// One cause.
struct Blame {
  std::vector<Suspect> suspects;         // the most probable first; what nothing separates from it follows
  double factor = 1;                     // median of the ratios it explains
  double gain = 0;                       // log-likelihood ratio against "nothing more is wrong"
  std::uint64_t touched = 0;             // measurements through the first suspect, in its direction
  std::vector<std::uint64_t> explained;  // the slow ones among them
};

struct Localisation {
  std::vector<Blame> blames;               // in the order found: what explains most comes first
  std::vector<std::uint64_t> unexplained;  // slow, but not enough to blame a part
};

Localisation localise(const Incidence& incidence);

/// Clearly slower than noise explains.
bool is_slow(double ratio, double sigma);

/// Gain that a blame needs: less than kFalseBlames innocent parts are then expected to be blamed in a run.
double blame_threshold(std::size_t parts);
inline constexpr double kFalseBlames = 0.01;

/// Mildest slowdown (rate over expected) that is blamed with 99 % probability on a part which so many measurements
/// touched, each with probability `weight`, at noise `sigma`; none when not even the worst would be.
std::optional<double> detectable_factor(double measurements, double weight, double sigma, std::size_t parts);

}  // namespace plumb::reports
