// CLI11 as every program uses it.
#pragma once

#include <CLI/CLI.hpp>

namespace plumb::core {

/// Parses, or throws: CLI::Success with the text that --help or --version asks for, CLI::ParseError on wrong use.
/// guarded_main turns both into output and exit code.
inline void parse_command_line(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    throw CLI::CallForVersion(app.help(), 0);  // the one answer that takes a text
  }
}

}  // namespace plumb::core
