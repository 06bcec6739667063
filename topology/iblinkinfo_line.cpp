#include "topology/iblinkinfo_line.h"

#include <algorithm>

#include "topology/ib_words.h"

namespace plumb::topology {

std::string_view link_info_name(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string_view quoted_link_info_name(std::string_view text) {
  const auto first = text.find('"'), last = text.rfind('"');
  return first == last ? std::string_view() : link_info_name(text.substr(first + 1, last - first - 1));
}

namespace {

std::optional<std::uint32_t> small_number(Cursor& cursor) {
  const auto number = cursor.number();
  return number && *number <= 0xffffffff ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

}  // namespace

bool read_link_info_port(Cursor& cursor, LinkInfoEnd& end) {
  const auto lid = small_number(cursor), port = small_number(cursor);
  end.lid = lid.value_or(0);
  end.port = port.value_or(0);
  return lid && port && cursor.skip("[");
}

void read_link_info_state(std::string_view text, LinkInfoLine& line) {
  Cursor cursor(text);
  for (auto word = cursor.word(); !word.empty(); word = cursor.word()) {
    if (const auto slash = word.find('/'); slash != std::string_view::npos) {
      line.state = ib_state_word(word.substr(0, slash));
      return;
    }
    if (word == "(FDR10)") {
      line.speed = "FDR10";
    } else if (const auto width = ib_width_word(word); !width.empty()) {
      line.width = width;
    } else if (const auto speed = ib_speed_of_lane(word); !speed.empty()) {
      line.speed = speed;
    }
  }
}

}  // namespace plumb::topology
