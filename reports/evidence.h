// Everything that run directories say, merged and ready to be judged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest.h"
#include "core/run_dir.h"

namespace plumb::reports {

/// Where a row stands: file of `Evidence::files`, and its line.
struct Place {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
};

/// A row of pairs.csv that was measured. Names are indices, so that millions fit.
struct PairMeasurement {
  std::uint32_t src = 0, dst = 0;  // of Evidence::endpoints
  std::uint32_t setting = 0;       // of Evidence::settings
  std::uint32_t round = 0;
  float p50_ns = 0, p99_ns = 0, bw_Bps = 0, min_bw_Bps = 0;
  std::uint32_t wrong = 0;
  Place place;
};

inline constexpr std::string_view kLoopback = "loopback";

/// What has to be equal for two pair measurements to be compared, but for the path.
struct PairSetting {
  std::string backend, memory, mode, schedule;
  core::Integer bytes = 0;
  /// An end with itself: its own host's side of the NIC alone.
  [[nodiscard]] bool is_loopback() const { return schedule == kLoopback; }
  /// Measured while all rails of all hosts sent.
  [[nodiscard]] bool is_loaded() const { return schedule == "all-rails" || schedule == "bisection"; }
  friend auto operator<=>(const PairSetting&, const PairSetting&) = default;
};

/// One counter of one port in one run: its first reading "before" and its last "after" the measurements. Only the
/// difference means anything. Names are indices of Evidence::words, so that millions fit.
struct CounterReading {
  static constexpr core::Integer kNotRead = -1;
  std::uint32_t node = 0, port = 0, counter = 0;
  std::uint32_t run = 0;                                 // of Evidence::runs
  core::Integer before = kNotRead, after = kNotRead;     // as the row says: bytes, packets or events
  core::Integer before_unix_ns = 0, after_unix_ns = 0;   // 0: the file does not tell when
  Place place;                                           // of the latest row that counts
  [[nodiscard]] core::MaybeInteger difference() const {  // negative when it was cleared between
    return before == kNotRead || after == kNotRead ? std::nullopt : core::MaybeInteger(after - before);
  }
};

/// What rows of gpus.csv tell besides a GPU and a value: few say it differently. Indices of Evidence::words.
struct GpuTest {
  std::uint32_t test = 0, unit = 0, status = 0, reason = 0;
  friend auto operator<=>(const GpuTest&, const GpuTest&) = default;
};

/// A row of gpus.csv; a host of eight GPUs has hundreds.
struct GpuReading {
  std::uint32_t gpu = 0;   // of Evidence::words
  std::uint32_t test = 0;  // of Evidence::gpu_tests
  double value = 0;        // in the test's unit; 0, too, where there is none
  Place place;
};

/// What a host said of itself to be compared with others: a row of checks.csv that expects "same on all hosts". Names
/// are indices of Evidence::words, so that 27,500 hosts with twenty facts each fit.
struct HostFact {
  std::uint32_t host = 0, check = 0, value = 0;  // host: its id
  Place place;
};

/// A rank of a run: a row of ranks.csv. Names are indices of Evidence::words, so that a run of 220,000 ranks for each
/// of thirty collectives fits.
struct RankPlace {
  std::uint32_t rank = 0, local_rank = 0;
  std::uint32_t host = 0, nic = 0;  // names, not ids
};

/// A rank in one case: a row of rank_times.csv. Offsets are ns after the first rank's arrival; all is 0 when no sample
/// counts.
struct RankTiming {
  std::uint32_t rank = 0, samples = 0;
  std::uint32_t last_to_arrive = 0, last_to_leave = 0;  // samples
  float arrival_p50_ns = 0, exit_p50_ns = 0;
  std::uint32_t line = 0;
};

/// The ranks of one case of one run, in the order of their rows.
struct CaseRanks {
  std::uint32_t run = 0;   // of Evidence::runs
  std::uint32_t name = 0;  // of Evidence::words
  std::uint32_t file = 0;  // of Evidence::files
  std::vector<RankTiming> ranks;
};

template <class Row>
struct Placed {
  Row row;
  Place place;
  std::size_t run = 0;  // of Evidence::runs
};

struct Evidence {
  std::vector<std::string> runs;       // names
  std::vector<std::string> files;      // "pairs.csv", with the run's name in front when there are several
  std::vector<std::string> endpoints;  // in order of first appearance
  std::vector<PairSetting> settings;
  std::vector<PairMeasurement> pairs;
  std::vector<Placed<core::PairRow>> failed_pairs;
  std::vector<Placed<core::CaseRow>> cases;
  std::vector<CaseRanks> rank_times;
  std::vector<Placed<core::ChannelTimeRow>> channel_times;
  std::vector<std::vector<RankPlace>> ranks;   // of each run, by rank; the first row of a rank counts
  std::vector<Placed<core::CheckRow>> checks;  // without what passed on single hosts, which are many rows
  std::size_t checks_passed = 0;               // on single hosts
  std::vector<HostFact> facts;
  std::vector<std::string> words;  // of all that is kept as an index, in order of first appearance; the first is empty
  std::vector<CounterReading> counters;
  std::vector<GpuTest> gpu_tests;
  std::vector<GpuReading> gpu_rows;
  std::vector<core::Manifest> manifests;
  std::vector<std::uint32_t> runs_without_manifest;  // of runs: nobody knows whether they finished

  [[nodiscard]] bool is_latency(const PairMeasurement& m) const { return settings[m.setting].mode == "latency"; }
  [[nodiscard]] std::string file_of(const Place& place) const { return files[place.file]; }
  /// Null when ranks.csv does not say.
  [[nodiscard]] const RankPlace* place_of_rank(std::size_t run, core::Integer rank) const;
  /// Host of a rank of a run; empty when ranks.csv does not say.
  [[nodiscard]] std::string host_of_rank(std::size_t run, core::Integer rank) const;
};

/// Reads all tables. A directory given twice is read once. Throws Error with file and line.
Evidence read_evidence(const std::vector<std::filesystem::path>& run_dirs);

}  // namespace plumb::reports
