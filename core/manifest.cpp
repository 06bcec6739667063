#include "core/manifest.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <string_view>

#include "core/error.h"
#include "core/json_file.h"
#include "core/rows.h"
#include "core/version.h"

namespace plumb::core {
namespace {

template <std::size_t N>
bool begins_with_one(std::string_view name, const std::array<std::string_view, N>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) { return name.starts_with(p); });
}

/// What a launcher tells its own daemons (addresses, job numbers), and the file of a log, differ from job to job and
/// are no settings of anybody.
bool is_allowed(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kSettings = {"NCCL_", "UCX_", "OMPI_MCA_"};
  static constexpr std::array<std::string_view, 5> kOfTheJob = {"OMPI_MCA_orte_", "OMPI_MCA_ess", "OMPI_MCA_pmix",
                                                                "OMPI_MCA_initial_wdir", "NCCL_DEBUG_FILE"};
  return begins_with_one(name, kSettings) && !begins_with_one(name, kOfTheJob);
}

Json to_json(const Manifest& m) {
  Json components = Json::array();
  for (const auto& c : m.components) {
    components.push_back({{"name", c.name}, {"version", c.version}, {"absent_because", c.absent_because}});
  }
  return {{"schema", m.schema},          {"run", m.run},       {"tool", m.tool},           {"host", m.host},
          {"version", m.version},        {"argv", m.argv},     {"start_utc", m.start_utc}, {"end_utc", m.end_utc},
          {"status", m.status},          {"reason", m.reason}, {"components", components}, {"seeds", m.seeds},
          {"environment", m.environment}};
}

Manifest from_json(const Json& j) {
  Manifest m;
  m.schema = j.at("schema").get<int>();
  m.run = j.value("run", "");
  m.tool = j.at("tool").get<std::string>();
  m.host = j.value("host", "");
  m.version = j.value("version", "");
  m.argv = j.value("argv", std::vector<std::string>{});
  m.start_utc = j.value("start_utc", "");
  m.end_utc = j.value("end_utc", "");
  m.status = j.at("status").get<std::string>();
  m.reason = j.value("reason", "");
  for (const auto& c : j.value("components", Json::array())) {
    m.components.push_back({c.value("name", ""), c.value("version", ""), c.value("absent_because", "")});
  }
  m.seeds = j.value("seeds", m.seeds);
  m.environment = j.value("environment", m.environment);
  return m;
}

}  // namespace

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string utc_now_compact() { return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time(nullptr))); }

std::map<std::string, std::string> allowed_environment() {
  std::map<std::string, std::string> allowed;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && is_allowed(text.substr(0, equals))) {
      allowed.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return allowed;
}

std::string components_text(const std::vector<Component>& components) {
  std::string text;
  for (const auto& c : components) {
    text += c.name + ": " + (c.version.empty() ? "absent (" + c.absent_because + ")" : c.version) + "\n";
  }
  return text;
}

Manifest start_manifest(std::string tool, int argc, const char* const* argv) {
  Manifest m;
  m.tool = std::move(tool);
  m.version = kVersion;
  m.argv.assign(argv, argv + argc);
  m.start_utc = utc_now();
  m.environment = allowed_environment();
  return m;
}

Manifest read_manifest(const std::filesystem::path& path) {
  const Json document = read_json(path);
  try {
    Manifest manifest = from_json(document);
    if (manifest.schema > kSchema) {
      throw Error(fmt::format("{}: schema {} is newer than this program's {}; update plumbline", path.string(),
                              manifest.schema, kSchema));
    }
    return manifest;
  } catch (const Json::exception&) {
    throw Error(fmt::format("{}: not a run manifest (schema, tool and status are required)", path.string()));
  }
}

void write_manifest(const std::filesystem::path& path, const Manifest& manifest) {
  write_json(path, to_json(manifest));
}

}  // namespace plumb::core
