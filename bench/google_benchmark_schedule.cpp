// Google Benchmark registers, runs and reports the cases; how long and how often each is measured is the Sampler's.
#include <benchmark/benchmark.h>

#include <exception>
#include <memory>

#include "bench/schedule.h"

namespace plumb::bench {
namespace {

using Reporter = benchmark::BenchmarkReporter;

/// Figures besides the time, named as in cases.csv; all of them always, for the CSV reporter wants the same in each
/// row.
benchmark::UserCounters counters_of(const core::CaseRow& row) {
  return {{"algbw_Bps", row.algbw_Bps.value_or(0)},
          {"busbw_Bps", row.busbw_Bps.value_or(0)},
          {"p99_ns", static_cast<double>(row.p99_ns.value_or(0))},
          {"samples", static_cast<double>(row.samples)},
          {"wrong", static_cast<double>(row.wrong.value_or(-1))}};  // JSON knows no NaN
}

/// Reports under the case's name alone, without the library's notes on how it ran ("/iterations:1/manual_time"), and
/// without its processor time, which would be that of all iterations and their preparation.
class CaseReporter final : public Reporter {
 public:
  explicit CaseReporter(Reporter& inner) : inner_(inner) {}

  bool ReportContext(const Context& context) override {
    inner_.SetOutputStream(&GetOutputStream());
    inner_.SetErrorStream(&GetErrorStream());
    return inner_.ReportContext(context);
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> named = runs;
    for (auto& run : named) {
      const std::string name = run.run_name.function_name;
      run.run_name = {};
      run.run_name.function_name = name;
      run.cpu_accumulated_time = 0;
      if (run.error_occurred) {
        run.counters = counters_of({});
      }
    }
    inner_.ReportRuns(named);
  }
  void Finalize() override { inner_.Finalize(); }

 private:
  Reporter& inner_;
};

class SilentReporter final : public Reporter {
 public:
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& /*runs*/) override {}
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // its CSV has been so since 2018, and is still wanted
std::unique_ptr<Reporter> make_reporter(const std::string& format) {
  if (format.empty()) {
    return std::make_unique<SilentReporter>();
  }
  if (format == "console") {
    return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
  }
  if (format == "csv") {
    return std::make_unique<benchmark::CSVReporter>();
  }
  return std::make_unique<benchmark::JSONReporter>();
}
#pragma GCC diagnostic pop

/// Sets every flag that matters, so that no BENCHMARK_* of the environment counts.
void initialise(const ScheduleOptions& options) {
  std::vector<std::string> flags = {"plumb",
                                    "--benchmark_enable_random_interleaving=false",
                                    "--benchmark_repetitions=1",
                                    "--benchmark_min_warmup_time=0",
                                    "--benchmark_list_tests=false",
                                    "--benchmark_out=" + options.out,
                                    "--benchmark_out_format=json",
                                    "--benchmark_format=json",
                                    "--benchmark_time_unit=" + options.time_unit};
  std::vector<char*> arguments;
  for (auto& flag : flags) {
    arguments.push_back(flag.data());
  }
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  for (const auto& pair : options.context) {
    const auto equals = pair.find('=');
    benchmark::AddCustomContext(pair.substr(0, equals), pair.substr(equals + 1));
  }
}

/// Measures one case as the single iteration of a benchmark; the first exception stays in `failure`, and nothing runs
/// after it.
void run_one(benchmark::State& state, const Case& one, const MeasureCase& measure, std::exception_ptr& failure) {
  while (state.KeepRunning()) {
    if (failure) {
      return state.SkipWithError("not run");
    }
    try {
      const core::CaseRow row = measure(one);
      if (row.status != "ok") {
        return state.SkipWithError(row.reason.c_str());
      }
      state.SetIterationTime(static_cast<double>(row.p50_ns.value_or(0)) * 1e-9);
      state.counters = counters_of(row);
    } catch (...) {
      failure = std::current_exception();
      return state.SkipWithError("stopped");
    }
  }
}

}  // namespace

void lead_schedule(const std::vector<Case>& cases, const ScheduleOptions& options, const MeasureCase& measure) {
  initialise(options);
  std::exception_ptr failure;
  for (const auto& one : cases) {
    benchmark::RegisterBenchmark(one.name().c_str(),
                                 [&](benchmark::State& state) { run_one(state, one, measure, failure); })
        ->Iterations(1)
        ->UseManualTime();
  }
  const auto shown = make_reporter(options.format);
  const auto written = make_reporter(options.out_format);
  CaseReporter display(*shown);
  CaseReporter file(*written);
  benchmark::RunSpecifiedBenchmarks(&display, options.out.empty() ? nullptr : &file, "all");
  benchmark::ClearRegisteredBenchmarks();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

core::Component schedule_component() { return {"google-benchmark", PLUMB_GOOGLE_BENCHMARK_VERSION, ""}; }

}  // namespace plumb::bench
