#include "bench/nccl_log_capture.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

#include "bench/nccl_library.h"
#include "core/json_file.h"
#include "core/program.h"

namespace plumb::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "nccl";
constexpr auto kReadingLimit = std::chrono::seconds(60);

/// NCCL's subsystems that speak while communicators are made. Not TUNING, COLL or P2P, which write a line in each call:
/// that would be measured with it.
constexpr const char* kSubsystems = "INIT,BOOTSTRAP,ENV,NET,GRAPH";

bool is_in_file(const fs::path& file, const std::string& name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "=")) {
      return true;
    }
  }
  return false;
}

fs::path users_file() {
  if (const char* named = std::getenv("NCCL_CONF_FILE")) {
    return named;
  }
  const char* const home = std::getenv("HOME");
  return home == nullptr ? "" : fs::path(home) / ".nccl.conf";
}

void remove_logs(const fs::path& folder, const std::string& tool) {
  std::error_code no_matter;
  for (const auto& entry : fs::directory_iterator(folder, no_matter)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(tool + ".") && name.ends_with(".log")) {
      fs::remove(entry.path(), no_matter);
    }
  }
}

/// The program of that name in the folder of this one, else its name: it may be in PATH.
std::string beside_this(const char* program) {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/exe", error).parent_path() / program;
  return !error && fs::exists(path, error) ? path.string() : program;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> nccl_log_settings(
    const fs::path& folder, std::string_view tool, const std::function<bool(const std::string& name)>& is_set) {
  std::vector<std::pair<std::string, std::string>> settings;
  if (folder.string().find('%') != std::string::npos || is_set("NCCL_DEBUG_FILE")) {
    return settings;
  }
  settings.emplace_back("NCCL_DEBUG_FILE", (folder / fmt::format("{}.%h.%p.log", tool)).string());
  for (const auto& [name, value] : {std::pair{"NCCL_DEBUG", "INFO"}, std::pair{"NCCL_DEBUG_SUBSYS", kSubsystems}}) {
    if (!is_set(name)) {
      settings.emplace_back(name, value);
    }
  }
  return settings;
}

bool nccl_variable_is_set(const std::string& name) {
  return std::getenv(name.c_str()) != nullptr || is_in_file(users_file(), name) || is_in_file("/etc/nccl.conf", name);
}

NcclLogCapture::NcclLogCapture(const Ranks& ranks, const std::string& backend, const fs::path& run_dir,
                               const std::string& tool)
    : ras_file_(run_dir / fmt::format("nccl-ras.{}.txt", tool)) {
  if (backend != "nccl") {
    return;
  }
  const auto folder = fs::absolute(run_dir) / kFolder;
  if (ranks.first()) {
    remove_logs(folder, tool);
  }
  ranks.barrier();  // before anybody writes a new one
  if (!NcclLibrary().why_absent().empty()) {
    return;
  }
  const auto settings = nccl_log_settings(folder, tool, nccl_variable_is_set);
  std::error_code error;
  if (settings.empty() || (!fs::create_directories(folder, error) && error)) {
    return;
  }
  for (const auto& [name, value] : settings) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  run_dir_ = ranks.first() ? run_dir : "";
}

NcclLogCapture::~NcclLogCapture() { read(); }

void NcclLogCapture::abandon(const std::string& ras_answer) {
  if (!ras_answer.empty()) {
    core::write_file_atomically(ras_file_, ras_answer);
  }
  read();
}

void NcclLogCapture::read() {
  const auto run_dir = std::exchange(run_dir_, {});
  std::error_code error;
  if (run_dir.empty() || fs::remove(run_dir / kFolder, error)) {  // only an empty one goes: NCCL has not spoken
    fs::remove(run_dir, error);
    return;
  }
  constexpr int kFindings = 1, kNothingOfNccl = 3;  // exit codes of plumb-nccl-log: no failures
  const auto answer = core::run_program(
      {beside_this("plumb-nccl-log"), (run_dir / kFolder).string(), "--run-dir", run_dir.string()}, kReadingLimit);
  if (!answer.why_no_good.empty() && answer.exit_code != kFindings && answer.exit_code != kNothingOfNccl) {
    fmt::print(stderr, "NCCL's log in {} was not read: {}\n", (run_dir / kFolder).string(), answer.why_no_good);
  }
}

}  // namespace plumb::bench
