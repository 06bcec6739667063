// A captured machine without the names of its owner.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace plumb::diag {

/// Replaces, in every file below `capture`, the host's name by "host-1", and each MAC address, GUID, GID, IPv4 address
/// and UUID by another of the same form, the same one everywhere; serial numbers by "SERIAL". Links and directory names
/// stay. What was not looked at is not in a capture at all.
void rename_in_capture(const std::filesystem::path& capture, const std::string& host);

}  // namespace plumb::diag
