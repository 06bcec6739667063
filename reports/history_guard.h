// Turns what SQLite says into an Error that names the file and what to do. Only the history's own sources include it.
#pragma once

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include <filesystem>

#include "core/error.h"

namespace plumb::reports {

[[noreturn]] inline void throw_history_error(const std::filesystem::path& path, const SQLite::Exception& said) {
  const std::string what = said.what();
  const bool is_locked = what.find("locked") != std::string::npos;
  throw core::Error(fmt::format("{}: {}; {}", path.string(), what,
                                is_locked ? "another plumb-report is adding to it: try again"
                                          : "check that it is a history of plumb-report and may be written"));
}

/// `work()`, which uses the file at `path`.
template <class Work>
auto guarded(const std::filesystem::path& path, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& said) {
    throw_history_error(path, said);
  }
}

}  // namespace plumb::reports
