#include "topology/sysfs.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace plumb::topology {

std::string Sysfs::text(const std::string& path) const {
  std::ifstream stream(root_ / path);
  std::string line;
  std::getline(stream, line);
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::optional<double> Sysfs::number(const std::string& path) const {
  const auto line = text(path);
  double value = 0;
  const auto end = std::from_chars(line.data(), line.data() + line.size(), value);
  return end.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::string Sysfs::link_name(const std::string& path) const {
  std::error_code none;
  return std::filesystem::read_symlink(root_ / path, none).filename().string();
}

std::vector<std::string> Sysfs::entries(const std::string& path) const {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(root_ / path, none)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace plumb::topology
