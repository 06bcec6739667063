#include "reports/history_life.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/statistics.h"
#include "core/terminal.h"
#include "core/text.h"
#include "core/units.h"
#include "topology/xml_escaped.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kOffenders = 20;
constexpr double kFullBelow = 0.7;  // of peers: the bottom of a sparkline, unless the part was lower

StoredValue median_of(const std::vector<StoredValue>& values) {
  std::vector<double> ratios, levels, rates;
  std::uint32_t measurements = 0;
  for (const auto& value : values) {
    ratios.push_back(value.ratio());
    levels.push_back(value.level());
    rates.push_back(value.rate);
    measurements += value.measurements;
  }
  return stored(core::median(ratios), core::median(levels), core::median(rates), measurements);
}

/// Lowest and highest ratio to draw.
std::pair<double, double> range_of(const LifeLine& line) {
  double low = 1, high = 1;
  for (const auto& value : line.values) {
    if (value) {
      low = std::min(low, value->ratio());
      high = std::max(high, value->ratio());
    }
  }
  return {std::min(low, kFullBelow), high};
}

std::string sparkline(const LifeLine& line) {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::size_t kMost = 60;
  const auto [low, high] = range_of(line);
  std::string text;
  for (std::size_t run = line.values.size() - std::min(kMost, line.values.size()); run < line.values.size(); ++run) {
    const auto& value = line.values[run];
    const double height = value ? (value->ratio() - low) / (high - low) * 7 : 0;
    text += value ? kBars[static_cast<std::size_t>(std::lround(std::clamp(height, 0.0, 7.0)))] : " ";
  }
  return text;
}

std::string ratio_text(const std::optional<StoredValue>& value) {
  return value ? core::format_percent(value->ratio()) : "";
}

std::string offender_line(const HistoryStore& store, const Offender& offender) {
  const auto flags = store.flags_of(offender);
  std::set<std::string> runs, places;
  for (const auto& flag : flags) {
    runs.insert(flag.start_utc + flag.run);
    places.insert(flag.component);
  }
  return core::printable(fmt::format("{}: {} runs, from {} to {}{}{}",
                                     offender.serial.empty() ? offender.component : offender.serial, runs.size(),
                                     flags.front().start_utc.substr(0, 10), flags.back().start_utc.substr(0, 10),
                                     offender.serial.empty() ? "" : ", in ",
                                     offender.serial.empty() ? "" : fmt::format("{}", fmt::join(places, ", ")))) +
         "\n";
}

/// What was found of the part in a run: "fail slow_nic, warn errors_on_link (serial MT1)".
std::string flags_in(const Life& life, const RunRecord& run) {
  std::string text;
  for (const auto& flag : life.flags) {
    if (flag.start_utc == run.start_utc && flag.run == run.name) {
      text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", flag.severity, flag.kind,
                          flag.serial.empty() ? "" : " (serial " + flag.serial + ")");
    }
  }
  return text;
}

}  // namespace

std::string changes_text(const std::map<std::string, std::string>& before,
                         const std::map<std::string, std::string>& now) {
  std::string text;
  for (const auto& [name, value] : now) {
    const auto was = before.find(name);
    if (was == before.end() || was->second != value) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
    }
  }
  return text;
}

Life life_of(const HistoryStore& store, const std::string& component, std::vector<RunRecord> runs) {
  Life life;
  life.component = component;
  const auto parts = store.parts_of(component);
  life.flags = store.flags_of_component(component);
  if (parts.empty() && life.flags.empty()) {
    throw core::Error(
        fmt::format("{} does not know {}; ids are those of nodes.csv and links.csv, such as "
                    "nic/n0001/mlx5_3 or host/n0001",
                    store.path().string(), component));
  }
  life.parts = parts.size();
  std::map<std::int64_t, std::size_t> index;
  life.runs = std::move(runs);
  for (const auto& run : life.runs) {
    index.emplace(run.id, index.size());
  }
  for (const auto& question : store.questions()) {
    LifeLine line{question, std::vector<std::optional<StoredValue>>(life.runs.size())};
    bool is_known = false;
    const auto from = life.runs.empty() ? std::string() : life.runs.front().start_utc;
    for (const auto& [run, values] : store.lives(parts, question, from)) {
      if (const auto at = index.find(run); at != index.end()) {
        line.values[at->second] = median_of(values);
        is_known = true;
      }
    }
    if (is_known) {
      life.lines.push_back(std::move(line));
    }
  }
  return life;
}

std::string life_text(const Life& life, std::size_t rows) {
  std::string text = core::printable(life.component);
  text += life.parts > 1 ? fmt::format(": medians of {} parts\n\n", life.parts) : "\n\n";
  std::vector<core::Table::Heading> headings{{"start"}, {"run"}};
  std::size_t widest = 0;
  for (const auto& line : life.lines) {
    widest = std::max(widest, core::display_width(core::printable(line.question)));
    headings.push_back({line.question, true});
  }
  headings.push_back({"rate", true});
  headings.push_back({"found"});
  for (const auto& line : life.lines) {
    const auto known = [](const auto& value) { return value.has_value(); };
    const auto first = std::ranges::find_if(line.values, known);
    const auto last = std::find_if(line.values.rbegin(), line.values.rend(), known);
    text += fmt::format("{:<{}}  {}  {} to {} of its peers\n", core::printable(line.question), widest, sparkline(line),
                        ratio_text(*first), ratio_text(*last));
  }
  core::Table table(headings);
  for (std::size_t run = life.runs.size() - std::min(rows, life.runs.size()); run < life.runs.size(); ++run) {
    std::vector<std::string> cells{life.runs[run].start_utc, life.runs[run].name};
    for (const auto& line : life.lines) {
      cells.push_back(ratio_text(line.values[run]));
    }
    const bool has_rate =
        !life.lines.empty() && life.lines.front().values[run] && !life.lines.front().question.starts_with("gpu ");
    cells.push_back(has_rate ? core::format_rate(life.lines.front().values[run]->rate) : "");
    cells.push_back(flags_in(life, life.runs[run]));
    table.add(std::move(cells));
  }
  return text + "\n" + table.text();
}

std::string life_svg(const Life& life) {
  constexpr double kWidth = 720, kHeight = 90, kLeft = 150, kTop = 40;
  const double runs = static_cast<double>(std::max<std::size_t>(2, life.runs.size()) - 1);
  std::string body;
  for (std::size_t i = 0; i < life.lines.size(); ++i) {
    const auto& line = life.lines[i];
    const auto [low, high] = range_of(line);
    const double bottom = kTop + (kHeight + 20) * static_cast<double>(i) + kHeight;
    const auto y = [&, from = low, to = high](double ratio) { return bottom - (ratio - from) / (to - from) * kHeight; };
    body += fmt::format("<text x=\"8\" y=\"{:.1f}\">{}</text>\n", bottom - kHeight / 2,
                        topology::xml_escaped(core::printable(line.question)));
    body += fmt::format("<path d=\"M{0} {1:.1f}H{2}\" stroke=\"#bbb\"/><text x=\"{3}\" y=\"{1:.1f}\">100 %</text>\n",
                        kLeft, y(1), kLeft + kWidth, kLeft + kWidth + 6);
    std::string points;
    for (std::size_t run = 0; run < line.values.size(); ++run) {
      if (!line.values[run]) {
        continue;
      }
      const double x = kLeft + kWidth * static_cast<double>(run) / runs, at = y(line.values[run]->ratio());
      points += fmt::format("{:.1f},{:.1f} ", x, at);
      const auto flags = flags_in(life, life.runs[run]);
      body += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"><title>{}</title></circle>\n", x, at,
                          flags.empty() ? "#268" : "#c22",
                          topology::xml_escaped(
                              core::printable(fmt::format("{} {}: {} of its peers {}", life.runs[run].start_utc,
                                                          life.runs[run].name, ratio_text(line.values[run]), flags))));
    }
    body += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"#268\"/>\n", points);
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
      "<text x=\"8\" y=\"20\" font-size=\"14\">{2}: share of its peers, run by run</text>\n{3}</svg>\n",
      kLeft + kWidth + 60, kTop + (kHeight + 20) * static_cast<double>(life.lines.size()),
      topology::xml_escaped(core::printable(life.component)), body);
}

std::string runs_text(const HistoryStore& store, std::size_t rows) {
  const auto runs = store.runs();
  core::Table table({{"start"}, {"run"}, {"verdict"}, {"parts", true}, {"findings", true}, {"changed"}});
  std::map<std::string, std::string> before;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto now = store.facts(runs[i].id);
    if (i + rows >= runs.size()) {
      table.add({runs[i].start_utc, runs[i].name, runs[i].verdict, std::to_string(runs[i].parts),
                 std::to_string(runs[i].findings), changes_text(before, now)});
    }
    before = now;
  }
  auto text = table.text();
  const auto offenders = store.repeat_offenders(2, kOffenders);
  text += offenders.empty() ? "\nno part was flagged in two runs or more\n"
                            : "\nflagged in two runs or more, by serial number, or place where there is none:\n";
  for (const auto& offender : offenders) {
    text += "  " + offender_line(store, offender);
  }
  return text;
}

}  // namespace plumb::reports
