// The numbers that node checks compare with, from diag/node_limits.json or --limits. Numbers only.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace plumb::diag {

class NodeLimits {
 public:
  /// Those that this program was built with.
  NodeLimits();
  /// Those, changed by what `file` has. Throws Error naming the file and the name that is not known or not a number.
  explicit NodeLimits(const std::filesystem::path& file);

  /// By its name in the file, which tells the unit.
  [[nodiscard]] double operator[](std::string_view name) const;

 private:
  std::map<std::string, double, std::less<>> values_;
};

}  // namespace plumb::diag
