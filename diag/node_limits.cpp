#include "diag/node_limits.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/json_file.h"
#include "diag/default_node_limits.h"

namespace plumb::diag {
namespace {

const core::Json& node_section(const core::Json& document, const std::string& file) {
  if (!document.is_object() || !document.contains("node") || !document["node"].is_object()) {
    throw core::Error(file + ": has no object \"node\"");
  }
  if (document.value("schema", 1) > 1) {
    throw core::Error(file + ": its schema is newer than this program's; update plumbline");
  }
  return document["node"];
}

}  // namespace

NodeLimits::NodeLimits() {
  const auto document = core::Json::parse(kDefaultNodeLimits);
  for (const auto& [name, value] : node_section(document, "node_limits.json").items()) {
    values_[name] = value.get<double>();
  }
}

NodeLimits::NodeLimits(const std::filesystem::path& file) : NodeLimits() {
  const auto document = core::read_json(file);
  for (const auto& [name, value] : node_section(document, file.string()).items()) {
    const auto known = values_.find(name);
    if (known == values_.end() || !value.is_number()) {
      throw core::Error(
          fmt::format("{}: node: {}: {}", file.string(), name,
                      known == values_.end() ? "no such limit; plumb-node --list names them" : "is not a number"));
    }
    known->second = value.get<double>();
  }
}

double NodeLimits::operator[](std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    throw core::Error(fmt::format("no limit is called {}", name));
  }
  return found->second;
}

}  // namespace plumb::diag
