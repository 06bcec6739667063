#include "core/guarded_main.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "core/text.h"

namespace plumb::core {
namespace {

int report(std::string_view program, std::string_view message, ExitCode code) noexcept {
  std::fprintf(stderr, "%.*s: error: %.*s\n", static_cast<int>(program.size()), program.data(),
               static_cast<int>(message.size()), message.data());
  return static_cast<int>(code);
}

}  // namespace

int guarded_main(std::string_view program, const std::function<ExitCode()>& body) noexcept {
  try {
    return static_cast<int>(body());
  } catch (const CLI::Success& asked) {  // --help, --version
    std::fputs(asked.what(), stdout);
    return 0;
  } catch (const CLI::ParseError& error) {
    return report(program, printable(error.what()) + "; see --help", ExitCode::usage);
  } catch (const Error& error) {
    return report(program, printable(error.what()), error.exit_code());
  } catch (const std::exception& error) {
    return report(program, error.what(), ExitCode::failure);
  } catch (...) {
    return report(program, "unknown exception", ExitCode::failure);
  }
}

}  // namespace plumb::core
