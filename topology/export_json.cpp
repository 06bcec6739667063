#include <nlohmann/json.hpp>

#include "core/text.h"
#include "topology/exporters.h"

namespace plumb::topology {
namespace {

using Json = nlohmann::ordered_json;

void put(Json& object, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    object[std::string(name)] = core::printable(value);
  }
}
template <class Number>
void put(Json& object, std::string_view name, const std::optional<Number>& value) {
  if (value) {
    object[std::string(name)] = *value;
  }
}

/// What is known; columns that are empty are left out.
template <class Row>
Json object_of(const Row& row) {
  Json object = Json::object();
  std::apply([&](const auto&... column) { (put(object, column.name, row.*column.member), ...); }, Row::columns());
  return object;
}

template <class Rows>
std::string array_text(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    text += (text.empty() ? "\n  " : ",\n  ") + object_of(row).dump();
  }
  return "[" + text + "\n]";
}

}  // namespace

std::string json_text(const Graph& graph, const ExportOptions&) {
  return "{\"schema\": 1,\n\"nodes\": " + array_text(graph.rows()) + ",\n\"links\": " + array_text(graph.link_rows()) +
         "}\n";
}

}  // namespace plumb::topology
