// Which GPU of its host a device is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace plumb::core {

/// Its place in the order of PCI addresses among the devices of NVIDIA's driver, hidden ones too: the number in
/// gpu/HOST/NUMBER. Nothing when the driver does not list it.
std::optional<int> gpu_number(const std::string& pci,
                              const std::filesystem::path& driver = "/sys/bus/pci/drivers/nvidia");

}  // namespace plumb::core
