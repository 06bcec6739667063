#include "core/gpu_number.h"

#include <algorithm>
#include <vector>

namespace plumb::core {

std::optional<int> gpu_number(const std::string& pci, const std::filesystem::path& driver) {
  std::error_code none;
  std::vector<std::string> addresses;
  for (const auto& entry : std::filesystem::directory_iterator(driver, none)) {
    const auto name = entry.path().filename().string();
    if (name.find(':') != std::string::npos) {
      addresses.push_back(name);
    }
  }
  std::ranges::sort(addresses);
  const auto found = std::ranges::find(addresses, pci);
  return found == addresses.end() ? std::nullopt : std::optional(static_cast<int>(found - addresses.begin()));
}

}  // namespace plumb::core
