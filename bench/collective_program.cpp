#include "bench/collective_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

#include "bench/agreed_error.h"
#include "bench/backend_checks.h"
#include "bench/backend_table.h"
#include "bench/case_result.h"
#include "bench/collective_options.h"
#include "bench/components.h"
#include "bench/group_rows.h"
#include "bench/group_summary.h"
#include "bench/mpi_session.h"
#include "bench/nccl_log_capture.h"
#include "bench/nccl_table.h"
#include "bench/port_log.h"
#include "bench/rank_groups.h"
#include "bench/rank_map.h"
#include "bench/watchdog.h"
#include "core/guarded_main.h"
#include "core/run_dir.h"
#include "core/text.h"

namespace plumb::bench {
namespace {

/// Files that rank 0 keeps open during a run.
class Recorder {
 public:
  Recorder(core::RunDir dir, core::Manifest manifest, const std::vector<core::RankRow>& ranks)
      : dir_(std::move(dir)),
        manifest_(std::move(manifest)),
        cases_(dir_.writer<core::CaseRow>()),
        samples_(dir_.writer<core::SampleRow>()),
        rank_times_(dir_.writer<core::RankTimeRow>()) {
    dir_.put(manifest_);
    write_rank_map(dir_, ranks);
  }

  /// The case that is measured from here on.
  void begin(const Case& one) {
    const std::lock_guard lock(mutex_);
    current_ = one;
  }

  /// From the watchdog's thread: the case under way failed, and the run ends here.
  void abandon(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (current_) {
      cases_.add(case_row({.measured = *current_, .status = "failed", .reason = reason}));
      cases_.flush();
    }
    dir_.close(manifest_, reason);
  }

  void add(const std::vector<core::CaseRow>& cases, const std::vector<core::SampleRow>& samples,
           const std::vector<core::RankTimeRow>& ranks, const std::vector<core::ChannelTimeRow>& channels) {
    const std::lock_guard lock(mutex_);
    current_.reset();
    if (!channels.empty()) {  // seldom: no file otherwise
      auto writer = dir_.writer<core::ChannelTimeRow>();
      std::ranges::for_each(channels, [&](const auto& one) { writer.add(one); });
      writer.flush();
    }
    for (const auto& one : samples) {
      samples_.add(one);
    }
    for (const auto& one : ranks) {
      rank_times_.add(one);
    }
    for (const auto& one : cases) {
      cases_.add(one);
    }
    samples_.flush();
    rank_times_.flush();
    cases_.flush();
  }

  void finish() {
    const std::lock_guard lock(mutex_);
    dir_.close(manifest_);
  }

  [[nodiscard]] const core::RunDir& dir() const { return dir_; }

 private:
  core::RunDir dir_;
  core::Manifest manifest_;
  core::TableWriter<core::CaseRow> cases_;
  core::TableWriter<core::SampleRow> samples_;
  core::TableWriter<core::RankTimeRow> rank_times_;
  std::optional<Case> current_;
  std::mutex mutex_;  // the watchdog's thread writes too, when the main one hangs
};

/// Measures one case; what fails on any rank of a group fails on all of it, and the sweep goes on.
CaseResult measure(Backend& backend, const Case& one, const RankGroups& groups, const CommonClock& clock,
                   const CollectiveOptions& options, Pulse& pulse) {
  pulse.step();
  const auto& ranks = groups.own();
  CaseResult result{.measured = one, .clock_error_ns = clock.error_bound_ns()};
  std::unique_ptr<Operation> operation;
  try {
    operation = backend.prepare(one);
  } catch (const std::exception& error) {
    result.reason = fmt::format("rank {} (host {}): {}", groups.world().rank(), host_name(), error.what());
  }
  if (result.reason = first_reason(ranks, result.reason); !result.reason.empty()) {
    result.status = "failed";
  } else if (options.check) {
    result.verification = verify(*operation, one, ranks, options.seed, options.planted);
  }
  if (groups.are_several()) {  // all at once
    pulse.step();
    groups.world().barrier();
    pulse.step();
  }
  if (result.status != "ok") {
    return result;
  }
  result.measurement = sample(
      [&] {
        pulse.step();
        operation->run_batch(one.calls);
      },
      ranks, clock, options.sampling, [&] { return operation->event_ns(); });
  result.method = operation->method();
  if (options.channels) {
    pulse.step();
    result.channels = operation->observe();
  }
  for (auto& sample : result.measurement.samples) {
    sample.last_to_leave = one.collective->exits_tell ? sample.last_to_leave : -1;
  }
  return result;
}

std::unique_ptr<Recorder> open_recorder(const Collective& collective, const CollectiveOptions& options,
                                        const std::string& run_dir, const std::vector<core::RankRow>& rank_rows,
                                        int argc, char** argv) {
  auto manifest = core::start_manifest(fmt::format("plumb-{}", collective.name), argc, argv);
  manifest.components = components();
  manifest.seeds["data"] = options.seed;
  return std::make_unique<Recorder>(core::RunDir::create(run_dir), std::move(manifest), rank_rows);
}

void print_preamble(std::FILE* out, const Collective& collective, const Backend& backend,
                    const std::vector<core::RankRow>& rows, const RankGroups& groups, double error_ns) {
  fmt::print(out, "# {} over {}: {}\n", collective.title, backend.name(), backend.version());
  for (const auto& row : rows) {
    fmt::print(out, "#  Rank {:2d} on {} (local rank {}{}{})\n", row.rank, core::printable(row.host), row.local_rank,
               row.gpu.empty() ? "" : ", " + core::printable(row.gpu),
               groups.are_several() ? fmt::format(", group {}", groups.group_of(static_cast<int>(row.rank))) : "");
  }
  fmt::print(out,
             "# Times are medians of: last exit minus last arrival, on a clock common to all ranks within {:.1f} us.\n",
             error_ns * 1e-3);
}

void print_names(const std::vector<Case>& cases, const Ranks& ranks) {
  for (const auto& one : cases) {
    if (ranks.first()) {
      fmt::print("{}\n", one.name());
    }
  }
}

std::vector<Case> cases_of(const Collective& collective, const CollectiveOptions& options, int ranks) {
  auto cases = expand(options.sweep, collective, options.backend.name, ranks);
  for (auto& one : cases) {
    one.memory = memory_name(options.backend);
    one.calls = options.sampling.calls;
  }
  return select_cases(cases, options.schedule.filter);
}

/// Where a group cannot, nobody goes on.
std::unique_ptr<Backend> make_backends(const RankGroups& groups, BackendSettings settings) {
  if (!groups.are_several()) {
    return make_backend(groups.world(), settings);
  }
  const auto rows = map_ranks(groups.world());
  settings.place = static_cast<int>(rows[static_cast<std::size_t>(groups.world().rank())].local_rank);
  std::unique_ptr<Backend> backend;
  std::string reason;
  try {
    backend = make_backend(groups.own(), settings);
  } catch (const std::exception& error) {
    reason = fmt::format("group {}: {}", groups.number(), error.what());
  }
  if (reason = first_reason(groups.world(), reason); !reason.empty()) {
    throw AgreedError(reason, core::ExitCode::nothing_measurable);
  }
  return backend;
}

core::ExitCode run(const Collective& collective, const CollectiveOptions& options, int argc, char** argv) {
  const Ranks ranks(MPI_COMM_WORLD);
  const RankGroups groups(ranks, options.split);
  const auto cases = cases_of(collective, options, groups.own().size());
  if (options.schedule.list) {
    print_names(cases, ranks);
    return core::ExitCode::pass;
  }
  const auto run_dir = ranks.broadcast(core::RunDir::path_for(options.run_dir, options.label).string());
  NcclLogCapture nccl_log(ranks, options.backend.name, run_dir, fmt::format("plumb-{}", collective.name));
  const auto backend = make_backends(groups, options.backend);
  const MpiClock local_clock;
  const CommonClock clock(groups.own(), local_clock);
  const auto rank_rows = map_ranks(ranks, backend->device());
  const auto placement = placement_of(groups.own(), host_name(), backend->device_model());
  std::unique_ptr<Recorder> recorder;
  std::FILE* const out = options.schedule.format.empty() ? stdout : stderr;  // stdout is for one report
  NcclTable table(out);
  GroupSummary by_group;
  if (ranks.first()) {
    recorder = open_recorder(collective, options, run_dir, rank_rows, argc, argv);
    print_preamble(out, collective, *backend, rank_rows, groups, clock.error_bound_ns());
    table.print_header();
  }
  const PortLog ports(ranks, rank_rows, recorder ? recorder->dir().path() : "");
  bool clean = true;
  Pulse pulse;
  const Watchdog watchdog(ranks, pulse, options.timeout_ns, backend->witness(),
                          [&](const std::string& why, const std::string& evidence) {
                            recorder->abandon(why);
                            nccl_log.abandon(evidence);
                          });
  watchdog.guard([&] {
    run_schedule(cases, options.schedule, ranks, [&](const Case& one) {
      if (recorder) {
        recorder->begin(one);
      }
      auto result = measure(*backend, one, groups, clock, options, pulse);
      result.measured.group = groups.number();
      result.placement = placement;
      const auto rank_times = rank_time_rows(result, groups);
      const auto channels = options.channels ? channel_time_rows(result, groups) : std::vector<core::ChannelTimeRow>();
      const auto samples = sample_rows(result, groups);
      const auto rows = case_rows(result, groups);
      if (!ranks.first()) {
        return rows.empty() ? core::CaseRow{} : rows.front();
      }
      recorder->add(rows, samples, rank_times, channels);
      auto row = row_of_all(rows);
      clean = clean && row.status == "ok" && row.wrong.value_or(0) == 0;
      table.add(row, one);
      std::ranges::for_each(rows, [&](const auto& of_group) { by_group.add(of_group); });
      if (!row.first_wrong.empty()) {
        fmt::print(stderr, "{}: wrong data: {}\n", row.name, row.first_wrong);
      }
      return row;
    });
  });
  ports.finish();
  const auto checks = gather_checks(ranks, backend->checks());
  if (ranks.first()) {
    write_checks(recorder->dir(), fmt::format("{}.plumb-{}", backend->name(), collective.name), checks);
    recorder->finish();
    table.finish();
    fmt::print(out, "{}", by_group.text());
    fmt::print(stderr, "rows written to {}\n", recorder->dir().path().string());
  }
  return ranks.all(clean) ? core::ExitCode::pass : core::ExitCode::findings;
}

}  // namespace

int collective_main(CollectiveKind kind, int argc, char** argv) {
  const Collective& collective = collective_of(kind);
  const auto name = fmt::format("plumb-{}", collective.name);
  return core::guarded_main(name, [&] {
    const auto options = parse_collective_options(collective, argc, argv);
    start_local_ranks(options.local_ranks, argc, argv);
    const MpiSession session(argc, argv);
    if (options.components) {
      fmt::print("{}", core::components_text(components()));
      return core::ExitCode::pass;
    }
    return session.guarded(name, [&] { return run(collective, options, argc, argv); });
  });
}

}  // namespace plumb::bench
