#include "topology/map_svg.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "topology/map_style.h"

namespace plumb::topology {
namespace {

constexpr double kLineOfText = 13, kTextInBox = 10, kWideEnough = 2;
constexpr std::size_t kLinesToPointAt = 500;

/// Names come from the fabric: nothing in them may end an element or an attribute.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : core::printable(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Line by line, as printable() takes line breaks for control characters.
std::string title_element(std::string_view tip) {
  std::string out;
  for (std::size_t at = 0; at < tip.size();) {
    const auto end = std::min(tip.find('\n', at), tip.size());
    out += (out.empty() ? "" : "\n") + escaped(tip.substr(at, end - at));
    at = end + 1;
  }
  return out.empty() ? "" : "<title>" + out + "</title>";
}

std::string number(double value) {
  auto text = fmt::format("{:.1f}", value);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

std::string classes(std::string_view look, int rail, Condition condition) {
  constexpr std::array<std::string_view, 5> kConditions{"", " unmeasured", " absent", " warn", " fail"};
  const auto hue = rail < 0 ? "" : fmt::format(" r{}", static_cast<std::size_t>(rail) % kHues);
  return fmt::format("{}{}{}", look, hue, kConditions[static_cast<std::size_t>(condition)]);
}

std::string text_element(const Box& box) {
  const double middle = box.x + box.width / 2, lines = static_cast<double>(box.text.size());
  const bool at_bottom = box.look == "column";
  if (box.upright && !box.text.empty()) {
    const double x = middle + kTextInBox * 0.36, y = box.y + box.height - 5;
    return fmt::format(R"x(<text transform="translate({} {}) rotate(-90)" class="in">{}</text>)x", number(x), number(y),
                       escaped(box.text.front()));
  }
  std::string out;
  double y = at_bottom ? box.y + box.height - 6 - (lines - 1) * kLineOfText : box.y + kLineOfText + 2;
  for (const auto& line : box.text) {
    out += fmt::format(R"(<text x="{}" y="{}" class="in mid">{}</text>)", number(middle), number(y), escaped(line));
    y += kLineOfText;
  }
  return out;
}

std::string element(const Box& box) {
  return fmt::format(R"(<g>{}<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}"/>{}</g>)",
                     title_element(box.tip), number(box.x), number(box.y), number(box.width), number(box.height),
                     classes(box.look, box.rail, box.condition), text_element(box)) +
         "\n";
}

std::string path_of(const Line& line) {
  std::string path;
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    const auto* const step = i == 0 ? "M" : line.curved && i == 1 ? "Q" : line.curved ? " " : "L";
    path += fmt::format("{}{} {}", step, number(line.points[i].x), number(line.points[i].y));
  }
  return path;
}

/// With a wider one that nobody sees, for the pointer.
std::string element(const Line& line, bool wants_hit) {
  const auto path = path_of(line);
  const auto hit = !wants_hit || line.tip.empty() || line.width > kWideEnough
                       ? ""
                       : fmt::format(R"(<path class="hit" d="{}"/>)", path);
  return fmt::format(R"(<g>{}<path class="{}{}" stroke-width="{}" d="{}"/>{}</g>)", title_element(line.tip),
                     classes("line", line.rail, line.condition), line.missing ? " missing" : "", number(line.width),
                     path, hit) +
         "\n";
}

std::string element(const Label& label) {
  const auto anchor = label.anchor == "middle" ? " mid" : label.anchor == "end" ? " end" : "";
  return fmt::format(R"(<text x="{}" y="{}" class="{}{}">{}{}</text>)", number(label.at.x), number(label.at.y),
                     label.look, anchor, title_element(label.tip), escaped(label.text)) +
         "\n";
}

std::string element(const Badge& badge) {
  const auto look = classes("badge", -1, badge.condition);
  return fmt::format(
             R"(<g>{}<circle cx="{}" cy="{}" r="8" class="{}"/><text x="{}" y="{}" class="on mid">{}</text></g>)",
             title_element(badge.tip), number(badge.at.x), number(badge.at.y), look, number(badge.at.x),
             number(badge.at.y + 3.6), badge.number) +
         "\n";
}

/// Where there are too many lines to point at one, the file is better small.
std::string elements(const std::vector<Line>& lines) {
  std::string out;
  for (const auto& line : lines) {
    out += element(line, lines.size() < kLinesToPointAt);
  }
  return out;
}

template <class Shape>
std::string elements(const std::vector<Shape>& shapes) {
  std::string out;
  for (const auto& shape : shapes) {
    out += element(shape);
  }
  return out;
}

}  // namespace

std::string svg_text(const Picture& picture) {
  const auto width = number(picture.width), height = number(picture.height);
  auto out = fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" class="plumb-map" viewBox="0 0 {} {}" width="{}" )"
                         R"(height="{}" role="img" aria-label="{}">)",
                         width, height, width, height, escaped(picture.title));
  out += "\n<style>" + style_text() + "</style>\n";
  out += fmt::format(R"(<rect class="ground" width="{}" height="{}"/>)", width, height) + "\n";
  return out + elements(picture.panels) + elements(picture.lines) + elements(picture.boxes) +
         elements(picture.faulty_lines) + elements(picture.labels) + elements(picture.badges) + "</svg>\n";
}

}  // namespace plumb::topology
