// hwloc's XML (`lstopo FILE.xml`), versions 1 and 2: the inside of one host. hwloc itself does not read it here: it
// trusts what it reads, and a damaged file can end the program.
#include <fmt/format.h>

#include <bit>
#include <charconv>

#include "core/text.h"
#include "topology/cursor.h"
#include "topology/ib_fabric.h"
#include "topology/machine_tree.h"
#include "topology/readers.h"
#include "topology/xml_text.h"

namespace plumb::topology {
namespace {

std::string_view text(pugi::xml_node node, const char* attribute) { return node.attribute(attribute).value(); }

MachinePart::Kind kind_of(pugi::xml_node object) {
  constexpr std::string_view kNetwork = "2", kOpenFabrics = "3";  // hwloc's numbers of functions
  if (text(object, "type") == "OSDev") {
    const auto function = text(object, "osdev_type");
    return function == kOpenFabrics ? MachinePart::Kind::verbs
           : function == kNetwork   ? MachinePart::Kind::netdev
                                    : MachinePart::Kind::other;
  }
  return text(object, "type") == "PCIDev" ? MachinePart::Kind::pci : MachinePart::Kind::other;
}

/// Of a set as "0x00000001,0x00000000", the first word the highest: the member, when there is only one.
std::optional<std::int64_t> only_member(std::string_view set) {
  constexpr int kWordBits = 32;
  std::optional<std::int64_t> member;
  for (auto words = std::int64_t{0}; !set.empty(); ++words) {
    const auto comma = set.rfind(',');
    auto word = comma == std::string_view::npos ? set : set.substr(comma + 1);
    set = comma == std::string_view::npos ? std::string_view() : set.substr(0, comma);
    word.remove_prefix(word.starts_with("0x") ? 2 : 0);
    std::uint32_t bits = 0;
    std::from_chars(word.data(), word.data() + word.size(), bits, 16);
    if (word.find("...") != std::string_view::npos || std::popcount(bits) > 1 || (bits != 0 && member)) {
      return std::nullopt;
    }
    member = bits == 0 ? member : words * kWordBits + std::countr_zero(bits);
  }
  return member;
}

class HwlocReader {
 public:
  explicit HwlocReader(const FileText& file) : xml_(file) {}

  Machine read() const {
    const auto version = number_in(text(xml_.root(), "version")).value_or(1);
    if (version < 1 || version >= 3) {
      xml_.fail(xml_.root(), fmt::format("expected version 1 or 2 of hwloc's XML, not '{}'",
                                         core::printable(text(xml_.root(), "version"))));
    }
    const auto root = xml_.root().child("object");
    if (!root) {
      xml_.fail(xml_.root(), "expected <object type=\"Machine\" …> in it");
    }
    return machine_of(part_of(root));
  }

 private:
  [[nodiscard]] MachinePart part_of(pugi::xml_node object) const {
    MachinePart part;
    if (text(object, "type").empty()) {
      xml_.fail(object, "expected a type");
    }
    part.kind = kind_of(object);
    part.name = text(object, "name");
    part.numa = only_member(text(object, "nodeset"));
    if (part.kind == MachinePart::Kind::pci) {
      read_pci(object, part);
    }
    for (const auto child : object.children()) {
      if (const std::string_view name = child.name(); name == "object") {
        part.children.push_back(part_of(child));
      } else if (name == "info") {
        part.infos.emplace_back(text(child, "name"), text(child, "value"));
      }
    }
    return part;
  }

  /// pci_busid="0000:18:00.0" pci_type="0302 [10de:2330] [10de:16c1] a1" pci_link_speed="63.015385"
  void read_pci(pugi::xml_node object, MachinePart& part) const {
    part.address = text(object, "pci_busid");
    if (part.address.empty() || part.address.find_first_not_of("0123456789abcdef:.") != std::string::npos) {
      xml_.fail(object, fmt::format("expected pci_busid as \"0000:18:00.0\", not '{}'", core::printable(part.address)));
    }
    Cursor type(text(object, "pci_type"));
    const auto pci_class = type.number(16);
    const auto vendor = type.skip("[") ? type.number(16) : std::nullopt;
    if (!pci_class || !vendor || *pci_class > 0xffff || *vendor > 0xffff) {
      xml_.fail(object, fmt::format("expected pci_type as \"0302 [10de:2330] …\", not '{}'",
                                    core::printable(text(object, "pci_type"))));
    }
    part.pci_class = static_cast<unsigned>(*pci_class);
    part.vendor = static_cast<unsigned>(*vendor);
    part.link_GBps = number_in(text(object, "pci_link_speed")).value_or(0);
  }

  XmlText xml_;
};

}  // namespace

bool is_hwloc_xml(std::string_view head) { return xml_root_name(head) == "topology"; }

void read_hwloc_xml(const FileText& file, GraphBuilder& builder) {
  auto machine = HwlocReader(file).read();
  const auto host = file.host.empty() && !machine.host.empty() ? machine.host : host_of(file);
  add_machine(std::move(machine), id_part(host), "hwloc", builder);
}

}  // namespace plumb::topology
