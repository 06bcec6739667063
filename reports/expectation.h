// What a healthy measurement gives: from peers of the same class.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/evidence.h"
#include "reports/limits.h"
#include "reports/paths.h"

namespace plumb::reports {

struct Expectation {
  std::string name;        // "uni 4 MiB, mpi host memory, other host"
  double expected = 0;     // bytes a second; ns for latency
  double sigma = 0;        // relative noise of healthy measurements
  double stall = 1;        // median of worst window over median window
  double stall_noise = 0;  // its relative noise
  std::uint64_t measurements = 0;
  std::optional<double> floor;  // bytes a second, from the line rate and limits.json
  [[nodiscard]] bool below_floor() const { return floor && expected < *floor; }
};

/// Comparable measurements: same setting, same distance, ends of the same kinds, same line rate. Those of a distance
/// at which too few were measured to know a norm are held against the distance with most.
class Expectations {
 public:
  Expectations() = default;
  Expectations(const Evidence& evidence, const Paths& paths, const Limits& limits);

  /// Of evidence.pairs[m].
  [[nodiscard]] const Expectation& of(std::size_t m) const { return classes_[class_of_[m]]; }
  /// Its index in classes().
  [[nodiscard]] std::uint32_t class_of(std::size_t m) const { return class_of_[m]; }
  [[nodiscard]] const std::vector<Expectation>& classes() const { return classes_; }

 private:
  struct Key {
    std::uint32_t setting = 0;
    PathClass path;
    friend auto operator<=>(const Key&, const Key&) = default;
    /// The same but for the distance.
    [[nodiscard]] bool is_comparable(const Key& other) const;
  };
  using Members = std::vector<std::uint32_t>;  // of evidence.pairs

  static void join_small(const Evidence& evidence, std::map<Key, Members>& classes);
  void fill_class(std::uint32_t index, const Key& key, const Members& members, const Evidence& evidence,
                  const Limits& limits);

  std::vector<Expectation> classes_;
  std::vector<std::uint32_t> class_of_;
};

}  // namespace plumb::reports
