#include "core/guarded_main.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "core/text.h"

namespace plumb::core {

int report_error(std::string_view program, std::string_view message, ExitCode code) noexcept {
  std::fprintf(stderr, "%.*s: error: %.*s\n", static_cast<int>(program.size()), program.data(),
               static_cast<int>(message.size()), message.data());
  return static_cast<int>(code);
}

int guarded_main(std::string_view program, const std::function<ExitCode()>& body) noexcept {
  try {
    return static_cast<int>(body());
  } catch (const CLI::Success& asked) {  // --help, --version
    std::fputs(asked.what(), stdout);
    return 0;
  } catch (const CLI::ParseError& error) {
    return report_error(program, printable(error.what()) + "; see --help", ExitCode::usage);
  } catch (const Error& error) {
    return report_error(program, printable(error.what()), error.exit_code());
  } catch (const std::exception& error) {
    return report_error(program, error.what(), ExitCode::failure);
  } catch (...) {
    return report_error(program, "unknown exception", ExitCode::failure);
  }
}

}  // namespace plumb::core
