// JSON documents of a run directory: read with located errors, written so that a reader never sees half a file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

namespace plumb::core {

using Json = nlohmann::ordered_json;

/// Throws Error naming file and byte, or that it cannot be read.
Json read_json(const std::filesystem::path& path);

/// Writes aside, fsyncs and renames.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);
void write_json(const std::filesystem::path& path, const Json& document);

/// The whole file as bytes. Throws Error.
std::string read_file(const std::filesystem::path& path);

}  // namespace plumb::core
