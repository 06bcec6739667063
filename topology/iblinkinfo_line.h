// The words of one line of iblinkinfo.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "topology/cursor.h"

namespace plumb::topology {

/// One end of a cable as a line tells it; a GUID of 0 is not told.
struct LinkInfoEnd {
  std::uint64_t guid = 0;
  std::uint32_t lid = 0, port = 0;
  std::string_view description;
};

struct LinkInfoLine {
  std::size_t number = 0;
  LinkInfoEnd near;
  std::optional<LinkInfoEnd> far;
  std::string_view width, speed, state;
};

/// Without the blanks around it.
std::string_view link_info_name(std::string_view text);
/// What stands between the first and the last quote.
std::string_view quoted_link_info_name(std::string_view text);
/// 'LID PORT['; false when there is no peer.
bool read_link_info_port(Cursor& cursor, LinkInfoEnd& end);
/// ' 4X  53.125 Gbps Active/  LinkUp) ' and what -p adds.
void read_link_info_state(std::string_view text, LinkInfoLine& line);

}  // namespace plumb::topology
