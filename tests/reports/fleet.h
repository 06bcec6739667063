// Run directories with planted faults: pairs among a few hosts, seeded noise.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "core/run_dir.h"
#include "tests/core/temporary_dir.h"

namespace plumb::test {

struct Fleet {
  int hosts = 8;
  double noise = 0.01;
  std::uint64_t seed = 1;
  /// Rate of src to dst over the healthy one.
  std::function<double(int src, int dst)> factor = [](int, int) { return 1.0; };
  /// Rate of the worst window over the median one.
  std::function<double(int src, int dst)> stall = [](int, int) { return 0.97; };
  /// Which pairs meet, one way and the other.
  std::function<bool(int a, int b)> meet = [](int a, int b) { return a != b; };
  std::string name(int host) const { return "host/n0" + std::to_string(host); }

  /// Everybody whom `meet` names with everybody, both ways.
  void write(const std::filesystem::path& path) const {
    const auto dir = core::RunDir::create(path);
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal(0, noise);
    auto writer = dir.writer<core::PairRow>();
    for (int a = 0; a < hosts; ++a) {
      for (int b = 0; b < hosts; ++b) {
        if (meet(a, b)) {
          writer.add(row(a, b, 50e9 * factor(a, b) * std::exp(normal(random))));
        }
      }
    }
    writer.flush();
    core::Manifest manifest;
    manifest.tool = "plumb-pairs";
    manifest.status = "complete";
    dir.put(manifest);
  }

  core::PairRow row(int a, int b, double rate) const {
    core::PairRow row;
    row.src = name(a);
    row.dst = name(b);
    row.backend = "mpi";
    row.memory = "host";
    row.bytes = 4 << 20;
    row.samples = 20;
    row.p50_ns = static_cast<core::Integer>(32e6 / rate * 1e9);
    row.p99_ns = row.p50_ns;
    row.bw_Bps = rate;
    row.min_bw_Bps = rate * stall(a, b);
    row.wrong = 0;
    row.status = "ok";
    row.schedule = "round-robin";
    row.mode = "uni";
    return row;
  }
};

}  // namespace plumb::test
