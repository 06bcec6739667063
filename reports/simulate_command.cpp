#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>

#include "reports/command.h"
#include "reports/simulate.h"

namespace plumb::reports {
namespace {

constexpr int kLoadedRounds = 12;

/// What the user typed; what was not typed is the preset's.
struct Typed {
  SimulateOptions options;
  std::string faults = "none";
  std::optional<double> noise, disturbed, missing, failed;
  std::optional<int> generations;
};

/// One of a few words. CLI11's own transformers would print the enumerators as characters.
template <class Target, class Value>
void add_word(CLI::App& command, const std::string& name, Target& target, const std::string& what,
              const std::map<std::string, Value>& values) {
  std::set<std::string> words;
  for (const auto& [word, value] : values) {
    words.insert(word);
  }
  command
      .add_option_function<std::string>(
          name, [&target, values](const auto& word) { target = values.at(word); }, what)
      ->check(CLI::IsMember(words));
}

void add_measurement_options(CLI::App& command, Typed& typed) {
  const auto share = CLI::Range(0.0, 0.9);
  command
      .add_option("--rounds", typed.options.rounds,
                  "rounds a rail, those of plumb-pairs --schedule matchings on this map")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_flag("!--random-pairs", typed.options.pairs_follow_map,
                   "pairs as plumb-pairs draws them without a map: at random");
  command
      .add_option("--loaded-rounds", typed.options.loaded_rounds,
                  "rounds of all-rails besides (default 0; with missing_uplinks, missing_core_cables or "
                  "crossed_cable, which nothing else shows, 12)")
      ->check(CLI::Range(0, 1000));
  command.add_option("--noise", typed.noise, "standard deviation of a rate, of the rate (default 0.015; hard 0.03)")
      ->check(CLI::Range(0.0, 0.3));
  command.add_option("--disturbed", typed.disturbed, "share of rows that a passing disturbance slows (default 0.004)")
      ->check(share);
  command.add_option("--missing", typed.missing, "share of rows that are not there (default 0; hard 0.05)")
      ->check(share);
  command.add_option("--failed", typed.failed, "share of rows that failed, with a reason (default 0; hard 0.01)")
      ->check(share);
  command
      .add_option("--generations", typed.generations,
                  "2: every second pod has the older NICs, at half the rate (default 1; hard 2)")
      ->check(CLI::Range(1, 2));
  add_word(command, "--endpoints", typed.options.ends, "what pairs.csv measures: gpu (where the map has GPUs) or nic",
           std::map<std::string, Ends>{{"gpu", Ends::gpu}, {"nic", Ends::nic}});
  add_word(command, "--counters", typed.options.counters,
           "in ports.csv: those that changed (default), all (with traffic), or none",
           std::map<std::string, Counters>{
               {"changed", Counters::changed}, {"all", Counters::all}, {"none", Counters::none}});
  command.add_flag("--routes", typed.options.routes, "write the way of each pair to routes.csv");
}

SimulateOptions options_of(const Typed& typed) {
  auto options = typed.options;
  options.plan = parse_faults(typed.faults);
  auto& weather = options.plan.weather;
  weather.noise = typed.noise.value_or(weather.noise);
  weather.disturbed = typed.disturbed.value_or(weather.disturbed);
  weather.missing = typed.missing.value_or(weather.missing);
  weather.failed = typed.failed.value_or(weather.failed);
  weather.generations = typed.generations.value_or(weather.generations);
  const bool has_regression = std::ranges::count(options.plan.orders, FaultKind::regression, &FaultOrder::kind) > 0;
  if (options.regression_at > 0 && !has_regression) {
    options.plan.orders.push_back({FaultKind::regression});
  }
  const bool needs_rounds =
      std::ranges::any_of(options.plan.orders, [](const FaultOrder& order) { return needs_load(order.kind); });
  if (needs_rounds && options.loaded_rounds == 0) {
    options.loaded_rounds = kLoadedRounds;
  }
  if (options.nights > 0 && options.regression_at == 0) {
    options.regression_at = options.nights;
  }
  return options;
}

constexpr std::string_view kFaultsHelp =
    "easy, hard, easy-healthy, hard-healthy, none; or kinds with commas between, each KIND, KIND:COUNT or "
    "KIND:PERCENT%, and @FACTOR of the healthy rate: slow_nic slow_gpu slow_host slow_leaf slow_cable one_way_cable "
    "mild half_pcie downtrained_cable flapping_cable ecmp_cable slow_fabric regression missing_uplinks "
    "missing_core_cables crossed_cable";

}  // namespace

void add_simulate(CLI::App& app, Invocation& invocation) {
  auto typed = std::make_shared<Typed>();
  auto* const command = app.add_subcommand("simulate", "writes a run directory with planted faults, and their truth");
  command
      ->add_option("--topology", typed->options.topology,
                   "rail:hosts=64,rails=8,…, fat-tree:hosts=64,…, a run directory with a map, or a file")
      ->required();
  command->add_option("--faults", typed->faults, std::string(kFaultsHelp))->capture_default_str();
  command->add_option("--seed", typed->options.seed, "the same seed gives the same bytes")->capture_default_str();
  add_measurement_options(*command, *typed);
  command->add_option("--nights", typed->options.nights, "write this many runs, into RUN_DIR-1, RUN_DIR-2, …")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--regression-at", typed->options.regression_at,
                   "from this night on another driver makes everything slower (default with the fault "
                   "regression: the last)")
      ->check(CLI::Range(1, 1000));
  command->add_option("--run-dir", typed->options.run_dir, "a new directory")->required();
  command->footer(
      "Examples:\n  plumb-report simulate --topology rail:hosts=2048,leaf=32,spines=32,pods=4,cores=16 --faults hard "
      "--seed 7 --run-dir runs/hard7\n"
      "  plumb-report simulate --topology runs/rack17 --faults slow_nic:3,flapping_cable:1,mild:0.5% --run-dir "
      "runs/what-if\n");
  command->callback([&invocation, typed] {
    simulate(options_of(*typed), core::start_manifest("plumb-report-simulate", invocation.argc, invocation.argv));
  });
}

}  // namespace plumb::reports
