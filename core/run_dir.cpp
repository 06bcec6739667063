#include "core/run_dir.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/text.h"

namespace plumb::core {
namespace fs = std::filesystem;
namespace {

void make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(fmt::format("cannot create {}: {}", path.string(), error.message()));
  }
}

bool is_table_file(const std::string& name, std::string_view table) {
  return name.size() >= table.size() + 5 && name.compare(0, table.size(), table) == 0 && name[table.size()] == '.' &&
         name.compare(name.size() - 4, 4, ".csv") == 0 &&
         (name.size() == table.size() + 4 || name.size() > table.size() + 5);
}

}  // namespace

RunDir RunDir::create(const fs::path& path) {
  make_directories(path / "manifest");
  return RunDir(path);
}

RunDir RunDir::create_for(const fs::path& path, std::string_view label) { return create(path_for(path, label)); }

fs::path RunDir::path_for(const fs::path& path, std::string_view label) {
  return path.empty() ? fs::path("runs") / fmt::format("{}-{}", utc_now_compact(), file_name_part(label)) : path;
}

RunDir RunDir::open(const fs::path& path) {
  if (!fs::is_directory(path)) {
    throw Error(
        fmt::format("{} is not a directory; give a run directory such as runs/20261123T182600Z-accept", path.string()));
  }
  RunDir dir(path);
  dir.contents_ = std::make_shared<const Contents>(Contents{dir.read_manifests(), dir.list_files()});
  if (dir.manifests().empty() && !dir.has_tables()) {
    throw Error(fmt::format("{} is not a run directory: it has neither a manifest/*.json nor a table such as pairs.csv",
                            path.string()));
  }
  return dir;
}

std::string RunDir::name() const {
  const fs::path whole = fs::weakly_canonical(path_);
  return whole.filename().string();
}

std::vector<Manifest> RunDir::manifests() const { return contents_ ? contents_->manifests : read_manifests(); }

std::vector<Manifest> RunDir::read_manifests() const {
  std::vector<fs::path> files;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(path_ / "manifest", absent)) {
    if (entry.path().extension() == ".json") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Manifest> manifests(files.size());
  std::transform(files.begin(), files.end(), manifests.begin(), read_manifest);
  return manifests;
}

bool RunDir::complete() const {
  const auto all = manifests();
  return !all.empty() && std::all_of(all.begin(), all.end(), [](const Manifest& m) { return m.status == "complete"; });
}

void RunDir::put(Manifest manifest) const {
  manifest.run = name();
  const std::string host = manifest.host.empty() ? "" : "." + file_name_part(manifest.host);
  write_manifest(path_ / "manifest" / (manifest.tool + host + ".json"), manifest);
}

fs::path RunDir::table_path(std::string_view table, std::string_view host) const {
  return path_ / (std::string(table) + (host.empty() ? "" : "." + file_name_part(host)) + ".csv");
}

bool RunDir::has_tables() const {
  static constexpr std::array kTables{NodeRow::kTable,  LinkRow::kTable,   RouteRow::kTable,   RankRow::kTable,
                                      CaseRow::kTable,  PairRow::kTable,   GpuRow::kTable,     PortRow::kTable,
                                      CheckRow::kTable, SampleRow::kTable, RankTimeRow::kTable};
  return std::any_of(kTables.begin(), kTables.end(), [&](std::string_view table) { return !tables(table).empty(); });
}

std::vector<fs::path> RunDir::list_files() const {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path_)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> RunDir::tables(std::string_view table) const {
  const auto listed = contents_ ? std::vector<fs::path>() : list_files();
  std::vector<fs::path> files;
  std::ranges::copy_if(contents_ ? contents_->files : listed, std::back_inserter(files), [&](const fs::path& path) {
    const auto name = path.filename().string();
    return name == std::string(table) + ".csv" || is_table_file(name, table);
  });
  return files;
}

void RunDir::close(Manifest& manifest, const std::string& reason) const {
  manifest.status = reason.empty() ? "complete" : "partial";
  manifest.reason = reason;
  manifest.end_utc = utc_now();
  put(manifest);
}

}  // namespace plumb::core
