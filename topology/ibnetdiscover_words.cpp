#include "topology/ibnetdiscover_words.h"

#include <algorithm>
#include <set>
#include <span>

namespace plumb::topology {

std::optional<std::uint32_t> port_number(Cursor& at) {
  if (!at.skip("[")) {
    return std::nullopt;
  }
  auto port = at.number<std::uint32_t>();
  bool is_whole = at.skip("]");
  if (at.skip("[ext ")) {
    is_whole = is_whole && at.number<std::uint32_t>() && at.skip("]");
  }
  if (at.skip("(")) {
    is_whole = is_whole && at.number(16) && at.skip(")");
  }
  return is_whole ? port : std::nullopt;
}

std::optional<std::uint64_t> quoted_guid(Cursor& at) {
  const bool is_node = at.skip("\"S-") || at.skip("\"H-") || at.skip("\"R-") || at.skip("\"?-");
  const auto guid = is_node ? at.number(16) : std::nullopt;
  return at.skip("\"") ? guid : std::nullopt;
}

std::optional<std::uint32_t> lid_after(Cursor& at) {
  const auto lid = at.rest().find("lid ");
  if (lid == std::string_view::npos) {
    return std::nullopt;
  }
  at = Cursor(at.rest().substr(lid + 4));
  return at.number<std::uint32_t>();
}

bool is_lanes(std::string_view word) {
  Cursor at(word);
  const bool has_width = at.skip("??") || (at.number<std::uint32_t>() && at.skip("x"));
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return has_width && !at.at_end() && (at.rest() == "???" || std::ranges::all_of(at.rest(), is_letter));
}

std::optional<IbLink> lost_from_last(const IbFabric& fabric, std::size_t first_own) {
  std::set<std::uint32_t> told;
  for (const auto& link : std::span(fabric.links).subspan(first_own)) {
    told.insert(link.a_port);
  }
  const auto lost = std::ranges::find_if(fabric.links, [&](const IbLink& link) {
    return link.b == fabric.nodes.back().guid && !told.contains(link.b_port);
  });
  return lost == fabric.links.end() ? std::nullopt : std::optional(*lost);
}

}  // namespace plumb::topology
