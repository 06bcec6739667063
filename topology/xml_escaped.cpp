#include "topology/xml_escaped.h"

#include "core/text.h"

namespace plumb::topology {

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : core::printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace plumb::topology
