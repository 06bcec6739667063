// Reads a file that is in memory.
#pragma once

#include <string>

#include "core/error.h"
#include "core/json_file.h"
#include "topology/file_reader.h"

namespace plumb::test {

/// A file below tests/data.
inline std::string data_text(const std::string& file) {
  return core::read_file(std::string(PLUMB_SOURCE_DIR) + "/tests/data/" + file);
}

/// `text` with the first `from` replaced: planted faults.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  return at == std::string::npos ? "nothing to replace" : text.replace(at, from.size(), to);
}

/// `host`: where the user said that the file was taken.
inline topology::Graph read_text(const std::string& name, const std::string& text, const std::string& host = "") {
  topology::GraphBuilder builder;
  const topology::FileText file{name, text, host};
  topology::reader_of(file).read(file, builder);
  return std::move(builder).seal();
}

/// Replaces every `from`.
inline std::string replaced_all(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// What the reader says about a broken file; empty when it takes it.
inline std::string error_of(const std::string& name, const std::string& text) {
  try {
    read_text(name, text);
  } catch (const core::Error& error) {
    return error.what();
  }
  return "";
}

inline std::vector<std::string> link_ids(const topology::Graph& graph) {
  std::vector<std::string> ids;
  for (const auto& row : graph.link_rows()) {
    ids.emplace_back(row.id);
  }
  return ids;
}

}  // namespace plumb::test
