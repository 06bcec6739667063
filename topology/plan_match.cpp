#include "topology/plan_match.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::topology {
namespace {

constexpr NodeIndex kNobody = 0xffffffff, kSeveral = 0xfffffffe;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "0xE41D2D0300000010" and "e41d:2d03:0000:0010" alike; empty for nothing and for zero.
std::string plain_guid(std::string_view text) {
  std::string guid;
  for (const char c : text.starts_with("0x") || text.starts_with("0X") ? text.substr(2) : text) {
    if (c != ':' && c != '-' && (c != '0' || !guid.empty())) {
      guid += lower(c);
    }
  }
  return guid;
}

/// "switch/leaf7" of "switch/Leaf7.dc1.example"; empty for what has no domain of its own.
std::string without_domain(const Graph& graph, NodeIndex node) {
  const auto kind = graph.kind(node);
  const auto id = folded(graph.row(node).id);
  return kind == NodeKind::host || kind == NodeKind::network_switch ? id.substr(0, id.find('.')) : "";
}

/// Words of a NIC's name, and what its id calls it.
std::vector<std::string> names_of(const Graph& graph, NodeIndex nic) {
  const auto& row = graph.row(nic);
  std::vector<std::string> names{folded(last_part(row.id))};
  std::string word;
  for (const char c : std::string(row.name) + " ") {
    if (c != ' ' && c != '(' && c != ')' && c != ',') {
      word += lower(c);
    } else if (!word.empty()) {
      if (std::ranges::find(names, word) == names.end() && names.size() < 4) {
        names.push_back(word);
      }
      word.clear();
    }
  }
  return names;
}

std::string key_of(NodeIndex host, std::string_view name) { return fmt::format("{} {}", host, name); }

std::vector<std::string> only(std::string key) {
  return key.empty() ? std::vector<std::string>() : std::vector{std::move(key)};
}

/// Parts by their keys, kSeveral where a key has several.
template <class IsLeft, class KeysOf>
std::unordered_map<std::string, NodeIndex> by_key(const Graph& graph, IsLeft is_left, KeysOf keys_of) {
  std::unordered_map<std::string, NodeIndex> parts;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (is_left(n)) {
      for (const auto& key : keys_of(n)) {
        const auto [other, is_new] = parts.emplace(key, n);
        other->second = is_new || other->second == n ? n : kSeveral;
      }
    }
  }
  return parts;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string form_of(std::string_view name) {
  std::string form;
  if (name.starts_with("0x")) {
    return "0x";
  }
  for (const char c : name) {
    if (!is_digit(c)) {
      form += lower(c);
    } else if (!form.ends_with('#')) {
      form += '#';
    }
  }
  return form;
}

std::string_view last_part(std::string_view id) { return id.substr(id.rfind('/') + 1); }

void PlanMatch::claim(NodeIndex planned, NodeIndex found) {
  found_of_[planned] = found;
  planned_of_[found] = planned;
}

void PlanMatch::match_ids() {
  for (NodeIndex p = 0; p < plan_.node_count(); ++p) {
    if (const auto found = found_.find(std::string(plan_.row(p).id))) {
      claim(p, *found);
    }
  }
}

/// Pairs what is left on both sides and alone has the same key.
template <class FoundKeys, class PlannedKeys>
void PlanMatch::match_by(FoundKeys found_keys, PlannedKeys planned_keys) {
  const auto planned = by_key(
      plan_, [&](NodeIndex n) { return found_of_[n] == kNone; }, planned_keys);
  if (planned.empty()) {
    return;
  }
  const auto found = by_key(
      found_, [&](NodeIndex n) { return planned_of_[n] == kNone; }, found_keys);
  const auto the_one = [](const auto& parts, const std::string& key) {
    const auto part = parts.find(key);
    return part == parts.end() || part->second == kSeveral ? kNobody : part->second;
  };
  for (NodeIndex p = 0; p < plan_.node_count(); ++p) {
    for (const auto& key : found_of_[p] == kNone ? planned_keys(p) : Keys()) {
      const auto other = the_one(found, key);
      if (found_of_[p] == kNone && the_one(planned, key) == p && other != kNobody && planned_of_[other] == kNone) {
        claim(p, other);
      }
    }
  }
}

void PlanMatch::match_hosts_by_nics() {
  for (NodeIndex p = 0; p < plan_.node_count(); ++p) {
    if (plan_.kind(p) == NodeKind::nic && found_of_[p] != kNone) {
      const auto planned = plan_.host_of(p), found = found_.host_of(found_of_[p]);
      if (planned && found && found_of_[*planned] == kNone && planned_of_[*found] == kNone) {
        claim(*planned, *found);
      }
    }
  }
}

PlanMatch::PlanMatch(const Graph& found, const Graph& plan)
    : found_(found), plan_(plan), found_of_(plan.node_count(), kNone), planned_of_(found.node_count(), kNone) {
  match_ids();
  const auto in_both = [&](const auto& key) {
    match_by([&](NodeIndex n) { return only(key(found_, n)); }, [&](NodeIndex n) { return only(key(plan_, n)); });
  };
  in_both([](const Graph& graph, NodeIndex n) { return folded(graph.row(n).id); });
  in_both(without_domain);
  in_both([](const Graph& graph, NodeIndex n) {
    const auto guid = plain_guid(graph.row(n).guid);
    return guid.empty() ? guid : std::string(word_of(graph.kind(n))) + " " + guid;
  });
  match_hosts_by_nics();
  in_both([](const Graph& graph, NodeIndex n) {
    const auto id = without_domain(graph, n);
    return id.substr(id.find('/') + 1);
  });
  const auto nic_keys = [](const Graph& graph, NodeIndex nic, std::optional<NodeIndex> host) {
    Keys keys;
    for (const auto& name : graph.kind(nic) == NodeKind::nic && host ? names_of(graph, nic) : Keys()) {
      keys.push_back(key_of(*host, name));
    }
    return keys;
  };
  match_by([&](NodeIndex n) { return nic_keys(found_, n, found_.host_of(n)); },
           [&](NodeIndex n) {
             const auto host = plan_.host_of(n);
             return nic_keys(plan_, n, host ? found_of(*host) : std::nullopt);
           });
}

NicNames::NicNames(const Graph& graph)
    : nics_(by_key(
          graph, [&](NodeIndex n) { return graph.kind(n) == NodeKind::nic && graph.host_of(n); },
          [&](NodeIndex n) {
            auto keys = names_of(graph, n);
            std::ranges::transform(keys, keys.begin(),
                                   [&](const auto& name) { return key_of(*graph.host_of(n), name); });
            return keys;
          })) {}

std::optional<NodeIndex> NicNames::find(NodeIndex host, std::string_view name) const {
  const auto nic = nics_.find(key_of(host, folded(name)));
  return nic == nics_.end() || nic->second == kSeveral ? std::nullopt : std::optional(nic->second);
}

}  // namespace plumb::topology
