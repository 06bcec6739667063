#include "topology/map_style.h"

#include <fmt/format.h>

#include <string_view>

namespace plumb::topology {
namespace {

struct Rule {
  std::string_view selector, light, dark;
};

struct Hue {
  std::string_view light, dark;
};

/// Blues, greens, purples and browns that colour-blind readers tell apart; red and orange are for faults. Neighbours
/// differ in brightness, so that they differ in grey, too.
constexpr std::array<Hue, kHues> kRails{{{"#1f4e9e", "#7da8f0"},
                                         {"#49aee6", "#2f7fb0"},
                                         {"#0b6b50", "#4cc7a1"},
                                         {"#8fbf3c", "#64901b"},
                                         {"#6a2c91", "#c79aea"},
                                         {"#d68fd0", "#9b5595"},
                                         {"#5a4a3a", "#cdbba5"},
                                         {"#9aa66a", "#7c8650"}}};

constexpr std::string_view kShapes =
    ".plumb-map text{font:11px system-ui,'DejaVu Sans',sans-serif;stroke:none}"
    ".plumb-map .title{font-size:19px;font-weight:600}.plumb-map .tier{font-size:14px;font-weight:600}"
    ".plumb-map .strong{font-weight:600}.plumb-map .fault{font-size:12px}.plumb-map .in{font-size:10px}"
    ".plumb-map .on{font-size:10px;font-weight:700}"
    ".plumb-map .mid{text-anchor:middle}.plumb-map .end{text-anchor:end}"
    ".plumb-map .count{font-size:10px;font-weight:600;stroke-width:3px;paint-order:stroke}"
    ".plumb-map path{fill:none}.plumb-map .line{stroke-opacity:.8}"
    ".plumb-map .hit{stroke:#000;stroke-opacity:0;stroke-width:9;pointer-events:stroke}"
    ".plumb-map .switch,.plumb-map .host{stroke-width:1.5}.plumb-map .column{stroke-width:1;fill-opacity:0}"
    ".plumb-map .line.fail,.plumb-map .line.warn{stroke-width:2.6px;stroke-opacity:1}"
    ".plumb-map .switch.fail,.plumb-map .host.fail,.plumb-map .column.fail,.plumb-map .switch.warn,"
    ".plumb-map .host.warn,.plumb-map .column.warn{stroke-width:2.6}"
    ".plumb-map .absent,.plumb-map .unmeasured{stroke-dasharray:4 3}.plumb-map .missing{stroke-dasharray:8 5}"
    ".plumb-map .nic.absent,.plumb-map "
    ".nic.unmeasured{fill-opacity:.12;stroke-width:1.2}";

constexpr std::array<Rule, 10> kGrounds{{
    {".ground", "fill:#fff", "fill:#14171a"},
    {"text", "fill:#1a1d21", "fill:#e6e9ed"},
    {".note", "fill:#55606b", "fill:#a3adb8"},
    {".count", "stroke:#fff", "stroke:#14171a"},
    {".group", "fill:#f1f3f6", "fill:#1d2227"},
    {".switch", "fill:#fff;stroke:#6b7682", "fill:#262c33;stroke:#8a95a1"},
    {".host", "fill:#f6f8fa;stroke:#6b7682", "fill:#262c33;stroke:#8a95a1"},
    {".column", "stroke:#c3cad2", "stroke:#4a535d"},
    {".line", "stroke:#77828e", "stroke:#8a95a1"},
    {".nic", "fill:#77828e", "fill:#8a95a1"},
}};

constexpr std::array<Rule, 10> kConditions{{
    {".fail", "stroke:#d0021b", "stroke:#ff5a52"},
    {".warn", "stroke:#e07b00", "stroke:#ffa630"},
    {".absent", "stroke:#79838e", "stroke:#929ca7"},
    {".unmeasured", "stroke:#a3abb4", "stroke:#66707a"},
    {".nic.absent", "stroke:#79838e", "stroke:#929ca7"},
    {".nic.unmeasured", "stroke:#a3abb4", "stroke:#66707a"},
    {".nic.fail", "fill:#d0021b", "fill:#ff5a52"},
    {".nic.warn", "fill:#e07b00", "fill:#ffa630"},
    {".switch.fail", "fill:#fde8ea", "fill:#4a1a1e"},
    {".host.fail", "fill:#fde8ea", "fill:#4a1a1e"},
}};

constexpr std::string_view kBadges =
    ".plumb-map .badge.fail{fill:#c8102e}.plumb-map .badge.warn{fill:#b35f00}.plumb-map .badge.absent{fill:#65707b}"
    ".plumb-map circle.badge.badge{stroke:none}"
    ".plumb-map .badge+.on{fill:#fff}";

void add(std::string& sheet, std::string_view scope, std::string_view selector, std::string_view colours) {
  sheet += fmt::format("{}.plumb-map {}{{{}}}", scope, selector, colours);
}

std::string colours(std::string_view scope, bool dark) {
  std::string sheet;
  for (const auto& rule : kGrounds) {
    add(sheet, scope, rule.selector, dark ? rule.dark : rule.light);
  }
  for (std::size_t r = 0; r < kRails.size(); ++r) {
    const auto hue = dark ? kRails[r].dark : kRails[r].light;
    add(sheet, scope, fmt::format(".r{}", r), fmt::format("stroke:{}", hue));
    add(sheet, scope, fmt::format(".nic.r{}", r), fmt::format("fill:{};stroke:none", hue));
  }
  for (const auto& rule : kConditions) {
    add(sheet, scope, rule.selector, dark ? rule.dark : rule.light);
  }
  return sheet;
}

}  // namespace

std::string style_text() {
  return std::string(kShapes) + colours("", false) + "@media (prefers-color-scheme:dark){" + colours("", true) + "}" +
         colours("[data-theme=light] ", false) + colours("[data-theme=dark] ", true) + std::string(kBadges);
}

}  // namespace plumb::topology
