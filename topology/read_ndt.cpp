// UFM's network description: #StartDevice,StartPort,EndDevice,EndPort,LinkType, with or without columns of racks.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "topology/named_cables.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

using Cells = std::vector<std::string>;

/// RFC 4180, one line; blanks around a cell do not count.
Cells cells_of(std::string_view line, const Lines& lines) {
  Cells cells(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_quoted && line.substr(i).starts_with("\"\"")) {
      cells.back() += line[i++];
    } else if (line[i] == '"') {
      is_quoted = !is_quoted;
    } else if (line[i] == ',' && !is_quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  if (is_quoted) {
    lines.fail("a quote is not closed");
  }
  for (auto& cell : cells) {
    cell.erase(0, std::min(cell.find_first_not_of(" \t"), cell.size()));
    cell.erase(cell.find_last_not_of(" \t") + 1);
  }
  return cells;
}

/// "startdevice" of "#StartDevice", "#Fields:StartDevice" and "Start Device"; without a spreadsheet's byte order mark.
std::string column_name(std::string cell) {
  std::erase_if(cell, [](char c) { return c == ' ' || c == '#' || c == '_' || c == '"' || c < 0; });
  std::ranges::transform(cell, cell.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return cell.starts_with("fields:") ? cell.substr(7) : cell;
}

constexpr std::array<std::string_view, 4> kColumns{"startdevice", "startport", "enddevice", "endport"};

bool is_header(std::string_view line) {
  const auto header = column_name(std::string(line));
  return std::ranges::all_of(kColumns, [&](auto name) { return header.find(name) != std::string::npos; });
}

struct Columns {
  std::array<std::size_t, kColumns.size()> ends{};
  std::size_t link_type = std::string::npos;
};

Columns columns_of(std::string_view line, const Lines& lines) {
  const auto cells = cells_of(line, lines);
  std::vector<std::string> names(cells.size());
  std::ranges::transform(cells, names.begin(), column_name);
  const auto at = [&](std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  };
  Columns columns;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    columns.ends[i] = at(kColumns[i]);
    if (columns.ends[i] == names.size()) {
      lines.fail(fmt::format("expected a column {}", kColumns[i]));
    }
  }
  columns.link_type = at("linktype");
  return columns;
}

/// "Port 21" is 21; "node7 ibp11s0f0" of node7 is ibp11s0f0.
std::string port_of(const std::string& device, std::string port) {
  for (const auto& prefix : {std::string("Port "), device + " "}) {
    if (port.starts_with(prefix)) {
      return port.substr(prefix.size());
    }
  }
  return port;
}

struct Row {
  Cells cells;
  std::string link_type;
  std::size_t line;
};

bool is_data(const Row& row) { return column_name(row.link_type) == "data"; }

std::vector<Row> rows_of(const FileText& file) {
  Lines lines(file);
  std::string_view line;
  while (lines.next(line) && !is_header(line)) {
    if (!line.empty() && !line.starts_with('#')) {
      lines.fail("expected a header with StartDevice, StartPort, EndDevice and EndPort");
    }
  }
  const auto columns = columns_of(line, lines);
  std::vector<Row> rows;
  while (lines.next(line)) {
    if (line.find_first_not_of(" \t,") == std::string_view::npos || line.starts_with('#')) {
      continue;
    }
    const auto cells = cells_of(line, lines);
    Row row{{}, columns.link_type < cells.size() ? cells[columns.link_type] : "", lines.number()};
    for (std::size_t i = 0; i < columns.ends.size(); ++i) {
      if (columns.ends[i] >= cells.size() || cells[columns.ends[i]].empty()) {
        lines.fail(fmt::format("expected {}, found nothing", kColumns[i]));
      }
      row.cells.push_back(cells[columns.ends[i]]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

bool is_ndt(std::string_view head) {
  while (head.starts_with('#') && !is_header(head.substr(0, head.find('\n')))) {
    head.remove_prefix(std::min(head.find('\n'), head.size() - 1) + 1);
  }
  return is_header(head.substr(0, head.find('\n')));
}

void read_ndt(const FileText& file, GraphBuilder& builder) {
  const auto rows = rows_of(file);
  const bool tells_types = std::ranges::any_of(rows, is_data);  // then the others are management and power
  NamedCables cables("ndt", file);
  for (const auto& row : rows) {
    if (!tells_types || is_data(row)) {
      const auto& cells = row.cells;
      cables.add({cells[0], port_of(cells[0], cells[1])}, {cells[2], port_of(cells[2], cells[3])}, row.line);
    }
  }
  cables.add_to(builder);
}

}  // namespace plumb::topology
