// Made-up runs for the history: levels of parts over many runs, without files.
#pragma once

#include <cmath>
#include <functional>
#include <random>

#include "reports/history_judge.h"

namespace plumb::test {

struct PastFleet {
  std::size_t hosts = 64, nics = 8, runs = 15;
  double noise = 0.007, passing = 0.0005;
  std::uint64_t seed = 1;
  std::size_t hosts_of_leaf = 16;
  /// Rate over the healthy one, by part and by how many runs ago.
  std::function<double(std::size_t part, std::size_t ago)> factor = [](std::size_t, std::size_t) { return 1.0; };
  /// What changed on a part: of `changes`.
  std::function<std::uint32_t(std::size_t part)> changed = [](std::size_t) { return 0U; };
  std::vector<std::vector<reports::Change>> changes{{}};
  std::vector<reports::Change> common;
  std::vector<std::string> questions{"bandwidth out", "bandwidth in"};

  [[nodiscard]] reports::PastRuns past() const {
    reports::PastRuns past;
    past.runs = runs;
    past.kinds = {"nic"};
    past.changes = changes;
    past.common = common;
    for (std::size_t owner = 0; owner < hosts; ++owner) {
      past.owners.push_back("host/" + std::to_string(owner));
    }
    for (std::size_t owner = 0; owner < (hosts / hosts_of_leaf + 1) * nics; ++owner) {
      past.owners.push_back("switch/" + std::to_string(owner));
    }
    for (std::size_t part = 0; part < hosts * nics; ++part) {
      const auto host = part / nics, leaf = hosts + host / hosts_of_leaf * nics + part % nics;
      past.parts.push_back({0, static_cast<std::uint32_t>(host), static_cast<std::uint32_t>(leaf), changed(part)});
    }
    std::mt19937_64 random(seed);
    for (const auto& question : questions) {
      past.series.push_back({question, levels(random)});
    }
    return past;
  }

 private:
  [[nodiscard]] std::vector<std::vector<float>> levels(std::mt19937_64& random) const {
    std::normal_distribution<double> normal(0, noise);
    std::uniform_real_distribution<double> even(0, 1);
    std::vector<double> own(hosts * nics);
    for (auto& level : own) {
      level = 0.01 * normal(random) / noise;  // no two parts are the same, and each stays as it is
    }
    std::vector<std::vector<float>> levels(runs, std::vector<float>(own.size()));
    for (std::size_t run = 0; run < runs; ++run) {
      for (std::size_t part = 0; part < own.size(); ++part) {
        const double disturbance = even(random) < passing ? even(random) : 0;
        levels[run][part] =
            static_cast<float>(own[part] + std::log(factor(part, runs - 1 - run)) + normal(random) - disturbance);
      }
    }
    return levels;
  }
};

}  // namespace plumb::test
