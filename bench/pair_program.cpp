#include "bench/pair_program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <memory>
#include <mutex>
#include <optional>

#include "bench/agreed_error.h"
#include "bench/backend_checks.h"
#include "bench/backend_table.h"
#include "bench/components.h"
#include "bench/endpoint.h"
#include "bench/mpi_session.h"
#include "bench/nccl_log_capture.h"
#include "bench/pair_options.h"
#include "bench/pair_places.h"
#include "bench/pair_plan.h"
#include "bench/pair_round.h"
#include "bench/pair_summary.h"
#include "bench/port_log.h"
#include "bench/rank_map.h"
#include "bench/watchdog.h"
#include "core/guarded_main.h"
#include "core/run_dir.h"
#include "core/terminal.h"
#include "core/text.h"

namespace plumb::bench {
namespace {

/// Ids of what is measured, as pairs.csv has them.
struct Endpoints {
  std::vector<core::RankRow> rows;              // by rank
  std::vector<std::string> ids;                 // by rank
  std::vector<std::vector<std::string>> rails;  // by rank: its NICs, where ranks drive several

  [[nodiscard]] const std::string& id(int rank, std::optional<std::size_t> rail) const {
    const auto place = static_cast<std::size_t>(rank);
    return rail ? rails.at(place).at(*rail) : ids.at(place);
  }
};

/// Rows, progress and summary of a run; rank 0.
class PairRecorder {
 public:
  PairRecorder(core::RunDir dir, core::Manifest manifest, const Endpoints& endpoints, const BackendSettings& backend,
               const PairSchedule& schedule)
      : dir_(std::move(dir)),
        manifest_(std::move(manifest)),
        pairs_(dir_.writer<core::PairRow>()),
        endpoints_(endpoints),
        backend_(backend),
        schedule_(schedule),
        progress_("pairs: round", std::ssize(schedule.rounds)) {
    dir_.put(manifest_);
    write_rank_map(dir_, endpoints.rows);
  }

  /// From the watchdog's thread: the round under way failed, and the run ends here.
  void abandon(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (round_ < schedule_.rounds.size()) {
      const PairPhase phase{"uni", 0, true};
      for (const auto& pair : schedule_.rounds[round_]) {
        pairs_.add(row_of(round_, {pair, &phase, {}, reason, {}}));
      }
      pairs_.flush();
    }
    dir_.close(manifest_, reason);
  }

  void add_round(std::size_t round, const std::vector<PairResult>& results, double now_ns) {
    const std::lock_guard lock(mutex_);
    round_ = round + 1;
    for (const auto& result : results) {
      const auto row = row_of(round, result);
      pairs_.add(row);
      summary_.add(row, result.phase->forward);
    }
    pairs_.flush();
    progress_.step(static_cast<std::int64_t>(round) + 1, static_cast<std::int64_t>(now_ns),
                   fmt::format("{} pairs at once", schedule_.rounds[round].size()));
  }

  void finish() {
    const std::lock_guard lock(mutex_);
    dir_.close(manifest_);
  }

  [[nodiscard]] const PairSummary& summary() const { return summary_; }
  [[nodiscard]] const core::RunDir& dir() const { return dir_; }

 private:
  core::PairRow row_of(std::size_t round, const PairResult& result) const {
    core::PairRow row;
    row.round = static_cast<core::Integer>(round);
    row.src = endpoints_.id(result.source(), result.rail);
    row.dst = endpoints_.id(result.target(), result.rail);
    row.backend = backend_.name;
    row.memory = memory_name(backend_);
    row.bytes = result.phase->bytes;
    row.mode = result.phase->mode;
    row.schedule = schedule_.name;
    row.status = result.failed.empty() ? "ok" : "failed";
    row.reason = result.failed;
    if (result.failed.empty()) {
      const auto& figures = result.figures;
      row.samples = figures.samples;
      row.p50_ns = std::llround(figures.p50_ns);
      row.p99_ns = std::llround(figures.p99_ns);
      row.wrong = figures.wrong;
      if (row.mode != "latency") {
        row.bw_Bps = figures.bw_Bps;
        row.min_bw_Bps = figures.min_bw_Bps;
      }
    }
    return row;
  }

  core::RunDir dir_;
  core::Manifest manifest_;
  core::TableWriter<core::PairRow> pairs_;
  const Endpoints& endpoints_;
  const BackendSettings& backend_;
  const PairSchedule& schedule_;
  PairSummary summary_;
  core::Progress progress_;
  std::size_t round_ = 0;  // under way
  std::mutex mutex_;       // the watchdog's thread writes too, when the main one hangs
};

/// The ranks of this job with their devices; refuses what would print plausible nonsense.
Endpoints place_ranks(const PairOptions& options, const Ranks& ranks, const PointToPoint& messages) {
  auto rows = map_ranks(ranks, messages.device());
  if (messages.rails() > 1) {  // each rank's are its own
    const auto nics = ranks.gather_everywhere(fmt::format("{}", fmt::join(messages.nics(), ",")));
    return {rows, endpoint_ids(rows), rail_ids(rows, nics)};
  }
  if (const auto& nics = options.backend.rdma.nics; !nics.empty()) {
    assign_nics(rows, nics);
  } else if (const auto used = messages.nics(); options.schedule == kLoopback && !used.empty()) {  // NICs are measured
    rows[static_cast<std::size_t>(ranks.rank())].nic = used.front();
  }
  const auto chosen = ranks.gather_everywhere(rows[static_cast<std::size_t>(ranks.rank())].nic);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].nic = chosen[i];  // each knows its own best: hosts may be given devices of other names
  }
  if (const auto reason = shared_device(rows);
      !reason.empty() && !options.allow_shared && !options.backend.share_gpus) {
    throw core::UsageError(reason);
  }
  return {rows, endpoint_ids(rows), {}};
}

/// What a rank sends to itself has to go through its NIC, on all ranks.
void require_loopback(const PointToPoint& messages, const Ranks& ranks) {
  if (const auto reason = first_reason(ranks, messages.why_no_loopback()); !reason.empty()) {
    throw AgreedError(
        fmt::format("--schedule loopback measures NICs, but the {} backend cannot: {} (--backend verbs can)",
                    messages.name(), reason),
        core::ExitCode::nothing_measurable);
  }
}

PairSchedule schedule_for(const PairOptions& options, const Endpoints& endpoints, const Ranks& ranks) {
  constexpr std::string_view kFile = "file:";
  if (!options.schedule.starts_with(kFile)) {  // rank 0 alone may see the map
    const auto rounds = from_first_rank(ranks, [&] {
      const auto places = pair_places(options.topology, options.run_dir, endpoints.rows, endpoints.ids);
      return encode(make_pair_schedule(options.schedule, endpoints.rows, options.sampling.seed, places).rounds);
    });
    return {options.schedule.substr(0, options.schedule.find(':')), decode(rounds)};
  }
  const auto path = options.schedule.substr(kFile.size());  // need not be visible on every host
  const auto rounds = from_first_rank(ranks, [&] { return encode(read_pair_schedule(path, endpoints.ids).rounds); });
  return {"file", decode(rounds)};
}

std::unique_ptr<PairRecorder> open_recorder(const PairOptions& options, const std::string& run_dir,
                                            const Endpoints& endpoints, const PairSchedule& schedule, int argc,
                                            char** argv) {
  auto manifest = core::start_manifest("plumb-pairs", argc, argv);
  manifest.components = components();
  manifest.seeds["data"] = options.sampling.seed;
  manifest.seeds["schedule"] = options.sampling.seed;
  return std::make_unique<PairRecorder>(core::RunDir::create(run_dir), std::move(manifest), endpoints, options.backend,
                                        schedule);
}

core::ExitCode conclude(PairRecorder& recorder) {
  recorder.finish();
  const auto& summary = recorder.summary();
  fmt::print("{}", summary.text());
  if (summary.wrong() > 0) {
    fmt::print("wrong data in {} measurements\n", summary.wrong());
  }
  if (summary.failed() > 0) {
    fmt::print("{} measurements failed; pairs.csv has the reasons\n", summary.failed());
  }
  fmt::print(stderr, "rows written to {}; judge them: plumb-report {}\n", recorder.dir().path().string(),
             recorder.dir().path().string());
  return summary.wrong() + summary.failed() > 0 ? core::ExitCode::findings : core::ExitCode::pass;
}

core::ExitCode run(const PairOptions& options, int argc, char** argv) {
  const Ranks ranks(MPI_COMM_WORLD);
  const auto run_dir = ranks.broadcast(core::RunDir::path_for(options.run_dir, options.label).string());
  NcclLogCapture nccl_log(ranks, options.backend.name, run_dir, "plumb-pairs");
  const auto messages = make_point_to_point(ranks, options.backend);
  if (options.schedule == kLoopback) {
    require_loopback(*messages, ranks);
  }
  const auto endpoints = place_ranks(options, ranks, *messages);
  const auto schedule = schedule_for(options, endpoints, ranks);
  const auto phases = pair_phases(options);
  const MpiClock clock;
  std::unique_ptr<PairRecorder> recorder;
  if (ranks.first()) {
    recorder = open_recorder(options, run_dir, endpoints, schedule, argc, argv);
    fmt::print("# pairs over {}: {}\n# {}: {} ranks, {} rounds, {} pairs\n", messages->name(), messages->version(),
               core::printable(options.schedule), ranks.size(), schedule.rounds.size(), schedule.pairs());
  }
  const PortLog ports(ranks, endpoints.rows, recorder ? recorder->dir().path() : "");
  Pulse pulse;
  const Watchdog watchdog(ranks, pulse, options.timeout_ns, messages->witness(),
                          [&](const std::string& why, const std::string& evidence) {
                            recorder->abandon(why);
                            nccl_log.abandon(evidence);
                          });
  watchdog.guard([&] {
    for (std::size_t round = 0; round < schedule.rounds.size(); ++round) {
      const auto results =
          measure_round(schedule.rounds[round], phases, *messages, ranks, clock, options.sampling, pulse);
      if (recorder) {
        recorder->add_round(round, results, clock.now_ns());
      }
    }
  });
  ports.finish();
  const auto checks = gather_checks(ranks, messages->checks());
  if (recorder) {
    write_checks(recorder->dir(), messages->name() + ".plumb-pairs", checks);
  }
  const auto code = recorder ? conclude(*recorder) : core::ExitCode::pass;
  return static_cast<core::ExitCode>(ranks.broadcast(static_cast<std::int64_t>(code)));  // all alike
}

}  // namespace

int pairs_main(int argc, char** argv) {
  constexpr std::string_view kName = "plumb-pairs";
  return core::guarded_main(kName, [&] {
    const auto options = parse_pair_options(argc, argv);
    if (options.plan) {
      fmt::print("{}", plan_text(options));
      return core::ExitCode::pass;
    }
    start_local_ranks(options.local_ranks, argc, argv);
    const MpiSession session(argc, argv);
    if (options.components) {
      fmt::print("{}", core::components_text(components()));
      return core::ExitCode::pass;
    }
    return session.guarded(kName, [&] { return run(options, argc, argv); });
  });
}

}  // namespace plumb::bench
