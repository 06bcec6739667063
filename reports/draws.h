// Random numbers that are equal on every machine: std:: engines are, std:: distributions and std::log are not.
#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace plumb::reports {

/// One sequence of draws for one purpose, so that a fault more or less does not change the noise.
class Draws {
 public:
  Draws(std::uint64_t seed, std::string_view purpose, std::uint64_t turn = 0);

  /// Of [0, 1).
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Of 0 to n-1; n is not 0.
  std::uint64_t below(std::uint64_t n);
  bool chance(double probability) { return uniform() < probability; }
  /// Standard normal.
  double normal();
  /// About 2 to the power of low to high, evenly over the powers: 1 to 1,000,000 as counters have it.
  std::int64_t magnitude(double low, double high);

  template <class Value>
  void shuffle(std::vector<Value>& values) {
    for (std::size_t left = values.size(); left > 1; --left) {
      std::swap(values[left - 1], values[below(left)]);
    }
  }

 private:
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace plumb::reports
