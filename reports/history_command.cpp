#include <fmt/format.h>

#include <memory>

#include "core/json_file.h"
#include "reports/command.h"
#include "reports/history_life.h"

namespace plumb::reports {
namespace {

struct HistoryOptions {
  std::string file, component, svg;
  std::size_t rows = 30;
};

void run(const HistoryOptions& options) {
  const HistoryStore store(options.file, HistoryStore::Mode::read);
  if (options.component.empty()) {
    if (!options.svg.empty()) {
      throw core::UsageError("--svg draws a part's life: give the COMPONENT, too");
    }
    fmt::print("{}", runs_text(store, options.rows));
    return;
  }
  const auto life = life_of(store, options.component, store.runs());
  if (options.svg.empty()) {
    fmt::print("{}", life_text(life, options.rows));
  } else {
    core::write_file_atomically(options.svg, life_svg(life));
  }
}

}  // namespace

void add_history(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<HistoryOptions>();
  auto* const command = app.add_subcommand("history", "a part's life, or all runs and who was flagged again and again");
  command->add_option("FILE", options->file, "what plumb-report --history has kept")->required();
  command->add_option("COMPONENT", options->component,
                      "an id of nodes.csv or links.csv; of a host or a leaf, the medians of what belongs to it");
  command->add_option("--svg", options->svg, "draw it into this file instead");
  command->add_option("--rows", options->rows, "print this many of the latest runs")->capture_default_str();
  command->footer(
      "Examples:\n  plumb-report history fabric.db\n"
      "  plumb-report history fabric.db nic/n0001/mlx5_3 --svg mlx5_3.svg\n");
  command->callback([&invocation, options] {
    run(*options);
    invocation.exit_code = core::ExitCode::pass;
  });
}

}  // namespace plumb::reports
