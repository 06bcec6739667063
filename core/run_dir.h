// The only door between programs: typed rows appended on one side, typed rows read on the other.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv_reader.h"
#include "core/csv_writer.h"
#include "core/manifest.h"

namespace plumb::core {

/// A directory of CSV tables and manifests. Programs on several hosts may write to the same one: tables and
/// manifests then carry the host in their file name. Writing: one process a file (rank 0 in bench).
class RunDir {
 public:
  /// Creates `path`, or opens it when it is there.
  static RunDir create(const std::filesystem::path& path);
  /// What a program's --run-dir and --label ask for: `path`, or a new directory under runs/ when it is empty.
  static RunDir create_for(const std::filesystem::path& path, std::string_view label);
  /// Its path, named now; not created.
  static std::filesystem::path path_for(const std::filesystem::path& path, std::string_view label);
  /// Opens for reading. Tables that come from elsewhere need no manifest. Throws Error when it holds neither a manifest
  /// nor a table that we know, or a manifest of a newer schema. What is written later is not seen: thousands of hosts
  /// may have left a file each, so the directory is listed once.
  static RunDir open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::vector<Manifest> manifests() const;
  /// False when a writer has not finished, or when no manifest tells: rows may be missing and a last line cut off.
  [[nodiscard]] bool complete() const;

  /// Writes manifest/<tool>[.<host>].json, replacing an earlier one of the same name.
  void put(Manifest manifest) const;

  /// Ends the run: complete, or partial when there is a `reason`.
  void close(Manifest& manifest, const std::string& reason = "") const;

  /// Opens <table>.csv, or <table>.<host>.csv, for appending.
  template <class Row>
  [[nodiscard]] TableWriter<Row> writer(std::string_view host = {}) const {
    return TableWriter<Row>(table_path(Row::kTable, host));
  }

  /// <table>.csv and every <table>.<host>.csv that is there, in name order.
  [[nodiscard]] std::vector<std::filesystem::path> tables(std::string_view table) const;
  [[nodiscard]] std::filesystem::path table_path(std::string_view table, std::string_view host = {}) const;

  /// Calls `visit(row, file name, line)` for each row of the table in all its files; none is no error.
  template <class Row, class Visit>
  void for_each(Visit&& visit) const {
    const auto tail = complete() ? TruncatedTail::refuse : TruncatedTail::drop;
    for (const auto& file : tables(Row::kTable)) {
      const std::string file_name = file.filename().string();
      for_each_row<Row>(file, tail, [&](const Row& row, unsigned line) { visit(row, file_name, line); });
    }
  }

  template <class Row>
  [[nodiscard]] std::vector<Row> read() const {
    std::vector<Row> rows;
    for_each<Row>([&](const Row& row, const std::string&, unsigned) { rows.push_back(row); });
    return rows;
  }

 private:
  [[nodiscard]] bool has_tables() const;

  /// What open() found.
  struct Contents {
    std::vector<Manifest> manifests;
    std::vector<std::filesystem::path> files;
  };

  explicit RunDir(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] std::vector<Manifest> read_manifests() const;
  [[nodiscard]] std::vector<std::filesystem::path> list_files() const;

  std::filesystem::path path_;
  std::shared_ptr<const Contents> contents_;  // of a directory that was opened, not created
};

}  // namespace plumb::core
