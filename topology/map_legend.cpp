// The words around a picture: title, legend, names of rows, list of faults.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "topology/map_drawing.h"
#include "topology/map_text.h"
#include "topology/map_words.h"

namespace plumb::topology {
namespace {

constexpr double kTitle = 32, kSubtitle = 53, kLegend = 80, kListText = 12, kListLine = 20, kEdge = 16;
constexpr std::size_t kRailsInLegend = 16;

std::string fault_counts(const Conditions& conditions) {
  constexpr std::array<std::pair<Condition, const char*>, 3> kWords{
      {{Condition::fail, "fail"}, {Condition::warn, "warn"}, {Condition::absent, "could not be seen"}}};
  std::string text;
  for (const auto& [condition, word] : kWords) {
    if (const auto n = std::ranges::count(conditions.faults, condition, &Fault::condition); n > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(static_cast<std::size_t>(n)), word);
    }
  }
  return text;
}

void draw_title(Drawing& d) {
  const auto title = totals_text(d.graph);
  const auto cables = std::ranges::count_if(d.graph.link_rows(), [](const auto& row) { return row.kind == "cable"; });
  d.picture.title = title;
  d.picture.labels.push_back({{kEdge, kTitle}, "title", title});
  auto text = cables > 0 ? counted(static_cast<std::size_t>(cables), "cable") : std::string("no cables are known");
  const auto faults = fault_counts(d.conditions);
  text += faults.empty() ? "" : "; " + faults;
  if (!d.rows.hosts_are_whole) {
    text += "; too many hosts for a box each: point at a box or a line to see what is in it";
  }
  d.picture.labels.push_back({{kEdge, kSubtitle}, faults.empty() ? "note" : "strong", text});
}

class Legend {
 public:
  explicit Legend(Drawing& d) : d_(d) {}

  void rail(std::size_t r) {
    Box swatch{x_, y_ - 9, 12, 11, "nic", static_cast<int>(r)};
    d_.picture.boxes.push_back(swatch);
    word(18, fmt::format("rail {}", d_.rows.rails[r]));
  }
  void line(Condition condition, bool missing, const std::string& text) {
    Line sample{{{x_, y_ - 4}, {x_ + 24, y_ - 4}}, condition >= Condition::warn ? 2.6 : 1.6, kNoRail, condition};
    sample.missing = missing;
    d_.picture.faulty_lines.push_back(sample);
    word(30, text);
  }
  void word(double after, const std::string& text) {
    d_.picture.labels.push_back({{x_ + after, y_}, "note", text});
    x_ += after + text_width(text, 11) + 16;
    if (x_ > kLeft + d_.span - 80) {
      x_ = kEdge;
      y_ += 18;
    }
  }

 private:
  Drawing& d_;
  double x_ = kEdge, y_ = kLegend;
};

bool has(const std::vector<Condition>& conditions, Condition wanted) {
  return std::ranges::find(conditions, wanted) != conditions.end();
}

/// Only of what the picture shows.
void draw_legend(Drawing& d) {
  Legend legend(d);
  for (std::size_t r = 0; r < std::min(d.rows.rails.size(), kRailsInLegend); ++r) {
    legend.rail(r);
  }
  if (d.rows.rails.size() > kRailsInLegend) {
    legend.word(0, "…");
  }
  legend.line(Condition::fine, false, "cables (wider: more bandwidth)");
  const auto any = [&](Condition c) { return has(d.conditions.of_node, c) || has(d.conditions.of_link, c); };
  if (any(Condition::fail)) {
    legend.line(Condition::fail, false, "fail");
  }
  if (std::ranges::find(d.conditions.faults, Fault::Where::no_cable, &Fault::where) != d.conditions.faults.end()) {
    legend.line(Condition::fail, true, "should be there");
  }
  if (any(Condition::warn)) {
    legend.line(Condition::warn, false, "warn");
  }
  if (any(Condition::absent)) {
    legend.line(Condition::absent, false, "down or not seen");
  }
  if (any(Condition::not_measured)) {
    legend.line(Condition::not_measured, false, "not measured");
  }
}

void name_rows(Drawing& d) {
  for (std::size_t t = 0; t < d.rows.tiers.size(); ++t) {
    const auto& tier = d.rows.tiers[t];
    d.picture.labels.push_back({{kEdge, d.top[t] + 16}, "tier", counted(tier.nodes, tier.word)});
  }
}

std::string fault_text(const Fault& fault) {
  const auto where = fault.where == Fault::Where::cable || fault.where == Fault::Where::no_cable
                         ? short_link(fault.subject)
                         : short_name(fault.subject);
  const auto off = fault.where == Fault::Where::nowhere ? " (not on the map)" : "";
  return (where.empty() ? "" : where + off + "\u2003") + core::printable(fault.says);
}

std::string beginning_of(const std::string& text, double width) {
  const auto letters = static_cast<std::size_t>(width / text_width("n", kListText));
  std::size_t bytes = 0, seen = 0;
  while (bytes < text.size() && seen < letters) {
    do {
      ++bytes;
    } while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U);
    ++seen;
  }
  return bytes == text.size() ? text : text.substr(0, bytes) + "…";
}

void list_faults(Drawing& d) {
  const auto& faults = d.conditions.faults;
  double y = d.picture.height + 34;
  for (std::size_t i = 0; i < std::min(faults.size(), kNumbered); ++i, y += kListLine) {
    const auto text = fault_text(faults[i]);
    d.picture.badges.push_back({{kEdge + 10, y - 4}, i + 1, faults[i].condition, ""});
    d.picture.labels.push_back({{kEdge + 28, y},
                                "fault",
                                beginning_of(text, d.picture.width - kEdge - 28 - kRight),
                                "start",
                                faults[i].subject + "\n" + faults[i].says});
  }
  if (faults.size() > kNumbered) {
    d.picture.labels.push_back(
        {{kEdge + 28, y}, "fault", fmt::format("and {} more", grouped(faults.size() - kNumbered))});
    y += kListLine;
  }
  d.picture.height = y;
}

}  // namespace

void draw_words(Drawing& drawing) {
  draw_title(drawing);
  draw_legend(drawing);
  name_rows(drawing);
  list_faults(drawing);
}

}  // namespace plumb::topology
