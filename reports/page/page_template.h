// The report page: one HTML file, opened without network.
#pragma once

#include <string_view>

namespace plumb::reports {

/// The page without its data: the marker {/*PLUMBLINE_DATA*/} stands once where a script-safe JSON object goes.
std::string_view page_template();

}  // namespace plumb::reports
