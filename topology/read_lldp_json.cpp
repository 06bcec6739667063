#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"
#include "topology/lldp.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

using Json = nlohmann::ordered_json;

const Json kNothing;

/// json0 wraps everything in arrays: [x] is x, and so is x.
const Json& only(const Json& json) {
  const Json* one = &json;
  while (one->is_array()) {
    one = one->empty() ? &kNothing : &one->front();
  }
  return *one;
}

const Json& member(const Json& json, const char* key) {
  const auto& object = only(json);
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNothing;
}

/// "x", ["x"], {"value":"x"} or [{"value":"x"}].
std::string text(const Json& json) {
  const auto& one = only(json);
  const auto& value = one.is_object() ? only(member(one, "value")) : one;
  return value.is_string() ? value.get<std::string>() : "";
}

template <class Visit>
void visit_named(const Json& json, Visit&& visit) {
  if (member(json, "name").is_string()) {
    visit(member(json, "name").template get<std::string>(), json);
  } else if (json.is_object()) {
    for (const auto& [name, one] : json.items()) {
      visit(name, one);
    }
  }
}

/// Calls visit(name, object) for each in [{"name":n,…}], [{n:{…}}], {n:{…},m:{…}} and {"name":n,…}.
template <class Visit>
void for_each_named(const Json& json, Visit&& visit) {
  if (json.is_array()) {
    for (const auto& one : json) {
      visit_named(one, visit);
    }
  } else {
    visit_named(json, visit);
  }
}

/// {"id":{"type":"mac","value":…},…}: a chassis without the name that else stands around it.
bool is_unnamed(const Json& chassis) {
  return member(chassis, "id").is_array() || !text(member(chassis, "id")).empty();
}

std::optional<bool> forwards(const Json& chassis) {
  const auto& list = member(chassis, "capability");
  std::optional<bool> answer;
  const auto look = [&](const Json& one) {
    const auto type = text(member(one, "type"));
    const auto& enabled = member(one, "enabled");
    const bool is_on = enabled.is_boolean() ? enabled.get<bool>() : text(enabled) == "on" || text(enabled) == "true";
    answer = answer.value_or(false) || (is_on && (type == "Bridge" || type == "Router"));
  };
  if (list.is_array()) {
    std::ranges::for_each(list, look);
  } else if (list.is_object()) {
    look(list);
  }
  return answer;
}

LldpChassis chassis_of(const Json& json) {
  const auto& outer = only(json);
  const bool has_name_around = outer.is_object() && outer.size() == 1 && !is_unnamed(outer);
  const auto& inner = has_name_around ? only(*outer.begin()) : outer;
  LldpChassis chassis;
  chassis.name = has_name_around ? outer.begin().key() : text(member(inner, "name"));
  chassis.id = text(member(inner, "id"));
  chassis.forwards = forwards(inner);
  return chassis;
}

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// An interface name is best; MAC addresses and indices are not, and then a description that is one word has the name.
std::string port_of(const Json& port) {
  const auto& id = member(port, "id");
  const auto type = text(member(id, "type")), name = text(id), description = text(member(port, "descr"));
  const bool is_name = type == "ifname" || (type == "local" && !is_number(name));
  const bool is_text = description.empty() || description.find(' ') != std::string::npos;
  return is_name || is_text ? name : description;
}

/// "1 day, 02:03:04".
std::optional<double> seconds_of(std::string_view age) {
  constexpr std::array kUnits{86400.0, 3600.0, 60.0, 1.0};
  double seconds = 0;
  std::size_t unit = 0;
  while (!age.empty() && unit < kUnits.size()) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(age.data(), age.data() + age.size(), number);
    if (error != std::errc()) {
      age.remove_prefix(1);
      continue;
    }
    seconds += number * kUnits[unit++];
    age.remove_prefix(static_cast<std::size_t>(end - age.data()));
  }
  return unit == kUnits.size() ? std::optional(seconds) : std::nullopt;
}

LldpNeighbour neighbour_of(const std::string& interface, const Json& json) {
  const auto via = text(member(json, "via"));
  const auto& port = member(json, "port");
  return {interface,     chassis_of(member(json, "chassis")), text(member(port, "id")),
          port_of(port), via.empty() || via == "LLDP",        seconds_of(text(member(json, "age")))};
}

/// Adds what one document tells; false when it is not of lldpd.
bool add_document(const Json& document, LldpView& view) {
  const auto& self = member(document, "local-chassis");
  const auto& lldp = member(document, "lldp");
  if (!self.is_null()) {
    view.self = chassis_of(member(self, "chassis"));
  }
  for_each_named(member(lldp, "interface"), [&](const std::string& name, const Json& one) {
    if (!member(one, "chassis").is_null()) {
      view.neighbours.push_back(neighbour_of(name, one));
    }
  });
  return !self.is_null() || document.contains("lldp");
}

/// Where the document that `text` begins with ends: behind its outermost bracket.
std::size_t document_size(std::string_view text) {
  std::size_t depth = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      i += c == '\\' ? 1 : 0;
      is_quoted = c != '"';
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth-- <= 1) {
      return i + 1;
    }
  }
  return text.size();
}

[[noreturn]] void fail(const FileText& file, std::size_t offset, std::string_view what) {
  const auto before = std::string_view(file.text).substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  throw core::Error(fmt::format("{}:{}:{}: {}", file.name, line, column, core::printable(what)));
}

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …": what follows the place;
/// "[json.exception.out_of_range.406] number overflow …": what follows the bracket.
std::string_view bare_message(std::string_view what) {
  const auto place = what.find("parse error"), colon = what.find(": ", std::min(place, what.size()));
  const auto bracket = what.find("] ");
  return colon != std::string_view::npos     ? what.substr(colon + 2)
         : bracket != std::string_view::npos ? what.substr(bracket + 2)
                                             : what;
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

}  // namespace

LldpView parse_lldp(const FileText& file) {
  LldpView view;
  const std::string_view all = file.text;
  for (auto rest = without_blanks(all); !rest.empty();) {
    const auto offset = static_cast<std::size_t>(rest.data() - all.data());
    const auto document = rest.substr(0, document_size(rest));
    try {
      if (!add_document(Json::parse(document), view)) {
        fail(file, offset,
             "expected what lldpcli tells of neighbours or of the chassis: \"lldp\" or \"local-chassis\"");
      }
    } catch (const Json::parse_error& error) {
      fail(file, offset + std::max<std::size_t>(error.byte, 1) - 1, bare_message(error.what()));
    } catch (const Json::out_of_range& error) {
      fail(file, offset, bare_message(error.what()));
    }
    rest = without_blanks(rest.substr(document.size()));
  }
  return view;
}

bool is_lldp_json(std::string_view head) {
  head = without_blanks(head);
  if (!head.starts_with('{')) {
    return false;
  }
  head = without_blanks(head.substr(1));
  return head.starts_with("\"lldp\"") || head.starts_with("\"local-chassis\"");
}

void read_lldp_json(const FileText& file, GraphBuilder& builder) {
  LldpWhere where;
  where.host = host_of(file);
  add_lldp(parse_lldp(file), where, builder);
}

}  // namespace plumb::topology
