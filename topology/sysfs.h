// Small files below a root that may be a captured machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace plumb::topology {

class Sysfs {
 public:
  explicit Sysfs(std::filesystem::path root) : root_(std::move(root)) {}

  /// First line without surrounding spaces; empty when the file is not there or cannot be read.
  [[nodiscard]] std::string text(const std::string& path) const;
  /// A number at its beginning: 25 of "25.0 GT/s PCIe".
  [[nodiscard]] std::optional<double> number(const std::string& path) const;
  /// Last part of where a link points: the driver's name.
  [[nodiscard]] std::string link_name(const std::string& path) const;
  /// Names in a directory, sorted.
  [[nodiscard]] std::vector<std::string> entries(const std::string& path) const;

 private:
  std::filesystem::path root_;
};

}  // namespace plumb::topology
