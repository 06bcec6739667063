// Names as XML attributes and text.
#pragma once

#include <string>
#include <string_view>

namespace plumb::topology {

/// `text`, printable and with &, <, >, " and ' as entities: for text and for attributes in double quotes.
std::string xml_escaped(std::string_view text);

}  // namespace plumb::topology
