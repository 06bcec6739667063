#include "topology/read_ibnetdiscover.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/text.h"
#include "topology/cursor.h"
#include "topology/ibnetdiscover_words.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

constexpr std::string_view kCacheMagic = "\x2b\x83\xe7\x8f";
constexpr std::array<std::string_view, 3> kGuidKeys{"switchguid=", "caguid=", "rtguid="};

/// Whether a line of `text` begins with `start`.
bool has_line(std::string_view text, std::string_view start) {
  for (auto at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
    if (at == 0 || text[at - 1] == '\n') {
      return true;
    }
  }
  return false;
}

/// Of what an end of a cable tells; the same whichever end it is.
std::uint64_t mark_of(const IbLink& link, std::string_view lanes) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const bool a_is_first = std::pair(link.a, link.a_port) < std::pair(link.b, link.b_port);
  const std::array<std::uint64_t, 4> ends{a_is_first ? link.a : link.b, a_is_first ? link.b : link.a,
                                          a_is_first ? link.a_port : link.b_port,
                                          a_is_first ? link.b_port : link.a_port};
  std::uint64_t mark = 0;
  lanes.copy(reinterpret_cast<char*>(&mark), sizeof mark);
  for (const auto part : ends) {
    mark = (mark ^ part) * kOdd;
    mark ^= mark >> 29U;
  }
  return mark;
}

/// What stands before the header of a block.
struct Keys {
  std::size_t first_line = 0;  // 0: none
  std::uint32_t vendor_id = 0, device_id = 0;
  std::uint64_t system_guid = 0, guid = 0;
};

class BlockReader {
 public:
  explicit BlockReader(const FileText& file) : text_(file.text), lines_(file) { fabric_.source = "ibnetdiscover"; }

  IbFabric read() && {
    for (std::string_view line; lines_.next(line);) {
      read_line(line);
    }
    check_end();
    drop_second_ends();
    return std::move(fabric_);
  }

 private:
  void read_line(std::string_view line) {
    if (line.starts_with('[')) {
      read_port(line);
    } else if (line.find_first_not_of(" \t") == std::string_view::npos) {
      in_block_ = false;
    } else if (line.starts_with("Switch") || line.starts_with("Ca\t") || line.starts_with("Ca ") ||
               line.starts_with("R") || line.starts_with("???\t")) {
      read_header(line);
    } else if (!line.starts_with('#') && !read_key(line)) {
      refuse(line);
    }
  }

  /// "vendid=0x2c9"; false for another line.
  bool read_key(std::string_view line) {
    Cursor at(line);
    if (at.skip("vendid=")) {
      if (keys_.first_line != 0) {
        lines_.fail(fmt::format("the block that begins in line {} has no line Switch, Ca or Rt", keys_.first_line));
      }
      keys_.vendor_id = key<std::uint32_t>(at);
    } else if (at.skip("devid=")) {
      keys_.device_id = key<std::uint32_t>(at);
    } else if (at.skip("sysimgguid=")) {
      keys_.system_guid = key<std::uint64_t>(at);
    } else if (std::ranges::any_of(kGuidKeys, [&](auto word) { return at.skip(word); }) || at.skip("???guid=")) {
      keys_.guid = key<std::uint64_t>(at);
    } else {
      // The chassis of -g, and what simulators take besides.
      return std::ranges::any_of(std::array{"Chassis ", "Hostname:", "Non-Chassis", "width=", "speed=", "extspeed="},
                                 [&](auto* start) { return line.starts_with(start); });
    }
    in_block_ = false;
    keys_.first_line = keys_.first_line == 0 ? lines_.number() : keys_.first_line;
    return true;
  }

  template <class Number>
  Number key(Cursor& at) {
    const bool is_hex = at.skip("0x");
    const auto value = is_hex ? at.number<Number>(16) : std::nullopt;
    if (!value) {
      lines_.fail("expected a number such as 0x2c9 after '='");
    }
    return *value;
  }

  /// `Switch 41 "S-…" # "leaf007" enhanced port 0 lid 1600 lmc 0`, `Ca 1 "H-…" # "n1 mlx5_0"`.
  void read_header(std::string_view line) {
    if (line.find("\t : 0x") != std::string_view::npos) {
      lines_.fail("this is a list of nodes, without cables: run ibnetdiscover without -l, -H, -S and -R");
    }
    Cursor at(line);
    IbNode node;
    node.kind = line.front() == 'S'   ? IbNode::Kind::network_switch
                : line.front() == 'R' ? IbNode::Kind::router
                                      : IbNode::Kind::adapter;
    at.word();
    const auto ports = at.number<std::uint32_t>();
    const auto guid = quoted_guid(at);
    if (!ports || !guid || !at.skip("#")) {
      lines_.fail("expected a node such as Switch 41 \"S-<16 hex digits>\" # \"name\", Ca … or Rt …");
    }
    if (keys_.first_line != 0 && keys_.guid != 0 && keys_.guid != *guid) {
      lines_.fail(fmt::format("expected GUID 0x{:016x}, as its block says, found 0x{:016x}", keys_.guid, *guid));
    }
    node.guid = *guid;
    node.ports = *ports;
    node.vendor_id = keys_.vendor_id;
    node.device_id = keys_.device_id;
    node.system_guid = keys_.system_guid;
    node.description = between_quotes(at);
    node.lid = lid_after(at).value_or(0);
    keys_ = {};
    in_block_ = true;
    first_link_ = fabric_.links.size();
    fabric_.nodes.push_back(std::move(node));
  }

  /// `[1] "H-…"[1](guid) # "name" lid 837 4xHDR`, from an adapter `[1](guid) "S-…"[16] # lid 140 lmc 0 "name" lid 9
  /// 4xHDR`.
  void read_port(std::string_view line) {
    if (!in_block_) {
      lines_.fail("expected a line Switch, Ca or Rt before the ports of a node");
    }
    auto& node = fabric_.nodes.back();
    Cursor at(line);
    IbLink link{node.guid};
    const auto port = port_number(at);
    const auto peer = quoted_guid(at);
    const auto peer_port = peer ? port_number(at) : std::nullopt;
    if (!port || !peer || !peer_port) {
      lines_.fail("expected a port such as [1] \"S-<16 hex digits>\"[16] # \"name\" lid 9 4xHDR");
    }
    if (*port == 0 || *port > node.ports || *peer_port == 0) {
      lines_.fail(
          fmt::format("expected ports from 1, at most {} here; found {} and {}", node.ports, *port, *peer_port));
    }
    link.a_port = *port;
    link.b = *peer;
    link.b_port = *peer_port;
    add_link(link, read_lanes(at, node));
  }

  void add_link(const IbLink& link, std::string_view lanes) {
    const auto mark = mark_of(link, lanes);
    const bool is_first_end = std::pair(link.a, link.a_port) < std::pair(link.b, link.b_port);
    (is_first_end ? first_ends_ : second_ends_) += mark;
    fabric_.links.push_back(link);
    auto& added = fabric_.links.back();
    const auto width_end = lanes.starts_with("??") ? 2 : lanes.find('x') + 1;
    added.width = lanes.starts_with("??") ? std::string_view() : lanes.substr(0, width_end);
    added.speed = lanes.ends_with("???") ? std::string_view() : lanes.substr(std::min(width_end, lanes.size()));
  }

  /// Names may hold quotes.
  std::string_view between_quotes(Cursor& at) {
    const auto first = at.rest().find('"'), last = at.rest().rfind('"');
    if (first == std::string_view::npos || first == last) {
      lines_.fail("expected a name between quotes");
    }
    const auto name = at.rest().substr(first + 1, last - first - 1);
    at = Cursor(at.rest().substr(last + 1));
    return name;
  }

  /// "4xHDR"; empty where a hand-made file does not tell. Takes the LID of an adapter on the way.
  std::string_view read_lanes(Cursor& at, IbNode& node) {
    const auto comment = at.rest().find('#');
    if (comment == std::string_view::npos) {
      return {};
    }
    at = Cursor(at.rest().substr(comment + 1));
    if (at.skip("lid ")) {
      const auto lid = at.number<std::uint32_t>().value_or(0);
      node.lid = node.lid == 0 ? lid : node.lid;
    }
    between_quotes(at);
    const auto lid = lid_after(at);
    const auto lanes = at.word();
    if (!lid || !is_lanes(lanes)) {
      lines_.fail("expected lid, width and speed of a port, such as lid 9 4xHDR, at its end");
    }
    return lanes;
  }

  [[noreturn]] void refuse(std::string_view line) {
    if (line.starts_with("< ") || line.starts_with("> ")) {
      lines_.fail("ibnetdiscover --diff tells differences, not a fabric: give the two fabrics, without --diff");
    }
    lines_.fail(fmt::format("expected a line of ibnetdiscover, found '{}'", core::printable(line.substr(0, 80))));
  }

  void check_end() {
    if (keys_.first_line != 0) {
      lines_.fail(fmt::format("the file is cut in the block that begins in line {}: copy it again", keys_.first_line));
    }
    if (fabric_.nodes.empty()) {
      lines_.fail("expected nodes: Switch, Ca or Rt");
    }
    if (!text_.ends_with('\n')) {
      fail_cut("its last line has no end");
    }
    const auto lost = first_ends_ == second_ends_ ? std::nullopt : lost_from_last(fabric_, first_link_);
    if (lost) {
      fail_cut(fmt::format("its port {}, to which 0x{:016x} has a cable, is not there", lost->b_port, lost->a));
    }
  }

  [[noreturn]] void fail_cut(const std::string& why) {
    lines_.fail(fmt::format("the file is cut in the block of '{}': {}; copy it again",
                            core::printable(fabric_.nodes.back().description), why));
  }

  /// Every cable is told from both of its ends, as marks show; half of the work is spared.
  void drop_second_ends() {
    if (first_ends_ == second_ends_) {
      std::erase_if(fabric_.links,
                    [](const IbLink& link) { return std::pair(link.a, link.a_port) > std::pair(link.b, link.b_port); });
    }
  }

  std::string_view text_;
  Lines lines_;
  IbFabric fabric_;
  Keys keys_;
  bool in_block_ = false;
  std::size_t first_link_ = 0;                      // of the last block
  std::uint64_t first_ends_ = 0, second_ends_ = 0;  // sums of marks
};

}  // namespace

IbFabric fabric_of_ibnetdiscover(const FileText& file) {
  if (file.text.starts_with(kCacheMagic)) {
    throw core::Error(
        fmt::format("{}:1: this is a binary cache of ibnetdiscover: give the text of ibnetdiscover --load-cache {}",
                    file.name, file.name));
  }
  return BlockReader(file).read();
}

bool is_ibnetdiscover(std::string_view head) {
  const bool is_list =
      has_line(head, "Switch\t : 0x") || has_line(head, "Ca\t : 0x") || has_line(head, "Router\t : 0x");
  return is_list || head.starts_with(kCacheMagic) || std::ranges::any_of(kGuidKeys, [&](auto key) {
           return has_line(head, key) || has_line(head, fmt::format("< {}", key)) ||
                  has_line(head, fmt::format("> {}", key));
         });
}

void read_ibnetdiscover(const FileText& file, GraphBuilder& builder) { fabric_of_ibnetdiscover(file).add_to(builder); }

}  // namespace plumb::topology
