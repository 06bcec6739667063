#include <fmt/format.h>

#include <unordered_map>

#include "core/csv_reader.h"
#include "core/text.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

std::string id_of(const core::NodeRow& row) { return row.id; }
std::string id_of(const core::LinkRow& row) { return link_id(row); }

void add_row(const core::NodeRow& row, GraphBuilder& builder) { builder.add(row); }

/// One plan contradicts itself when it plugs two cables into a port; what several hosts wrote need not.
void add_row(const core::LinkRow& row, GraphBuilder& builder) {
  if (const auto refusal = builder.add(row); !refusal.empty() && row.source == "plan") {
    throw core::Error(refusal);
  }
}

/// Errors name the line that they came from.
template <class Row>
void read_rows(const FileText& file, GraphBuilder& builder) {
  std::unordered_map<std::string, unsigned> line_of;
  core::for_each_row_of<Row>(file.name, file.text, [&](const Row& row, unsigned line) {
    Row added = row;
    added.source = added.source.empty() ? "plan" : added.source;
    try {
      if (const auto [at, is_new] = line_of.emplace(id_of(row), line); !is_new) {
        throw core::Error(
            fmt::format("repeats {} of line {}; parallel cables need ports", core::printable(at->first), at->second));
      }
      add_row(added, builder);
    } catch (const core::Error& error) {
      throw core::Error(fmt::format("{}:{}: {}", file.name, line, error.what()));
    }
  });
}

/// ",a,b," of the header.
std::string columns_of(std::string_view text) {
  std::string header(text.substr(0, text.find('\n')));
  std::erase_if(header, [](char c) { return c == '"' || c == ' ' || c == '\r'; });
  return "," + header + ",";
}

bool has_links(std::string_view text) {
  const auto columns = columns_of(text);
  return columns.find(",kind,") != std::string::npos && columns.find(",a,") != std::string::npos;
}

bool has_nodes(std::string_view text) {
  const auto columns = columns_of(text);
  return columns.find(",kind,") != std::string::npos && columns.find(",id,") != std::string::npos;
}

}  // namespace

bool is_plan_csv(std::string_view head) { return has_links(head) || has_nodes(head); }

void read_plan_csv(const FileText& file, GraphBuilder& builder) {
  if (has_links(file.text)) {
    read_rows<core::LinkRow>(file, builder);
  } else {
    read_rows<core::NodeRow>(file, builder);
  }
}

}  // namespace plumb::topology
