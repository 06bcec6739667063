// Small text operations on names that come from the fabric and are not to be trusted.
#pragma once

#include <string>
#include <string_view>

namespace plumb::core {

/// `text` with control characters (line breaks and C1 too) and bytes that are not UTF-8 written as \xNN, so that it is
/// safe on a terminal, stays on one CSV line and is valid in XML. Other UTF-8 passes through.
std::string printable(std::string_view text);

/// `text` with everything outside [A-Za-z0-9._-] replaced by '_', safe as a part of a file name.
std::string file_name_part(std::string_view text);

/// "switches" of "switch", "cables" of "cable", "leaves" of "leaf".
std::string plural(const std::string& noun);

}  // namespace plumb::core
