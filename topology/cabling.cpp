#include "topology/cabling.h"

#include <algorithm>

namespace plumb::topology {
namespace {

void put_in_order(Cable& cable) {
  if (cable.ends[1] < cable.ends[0]) {
    std::swap(cable.ends[0], cable.ends[1]);
  }
}

/// Forms of names by part, sorted, so that two such lists can be merged.
using Forms = std::vector<std::pair<Part, std::uint32_t>>;

/// Equal words get one number.
class Words {
 public:
  std::uint32_t number_of(std::string word) {
    return numbers_.emplace(std::move(word), static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

void make_unique(Forms& forms) {
  std::ranges::sort(forms);
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
}

/// Parts that both lists have and with nothing in common.
std::vector<Part> without_common(const Forms& some, const Forms& others) {
  std::vector<Part> parts;
  auto other = others.begin();
  for (auto one = some.begin(); one != some.end();) {
    const auto part = one->first;
    bool is_common = false, is_in_both = false;
    for (; one != some.end() && one->first == part; ++one) {
      is_common = is_common || std::binary_search(others.begin(), others.end(), *one);
    }
    for (; other != others.end() && other->first <= part; ++other) {
      is_in_both = is_in_both || other->first == part;
    }
    if (is_in_both && !is_common) {
      parts.push_back(part);
    }
  }
  return parts;
}

}  // namespace

Cabling::Cabling(const Graph& found, const Graph& plan) : found_(found), plan_(plan), match_(found, plan) {
  add_cables();
  join_hosts();
  forget_strange_ports();
  for (auto* cables : {&found_cables_, &planned_cables_}) {
    std::ranges::for_each(*cables, put_in_order);
  }
}

const core::NodeView& Cabling::row(Part part) const {
  return is_found(part) ? found_.row(part) : plan_.row(part - static_cast<Part>(found_.node_count()));
}

NodeKind Cabling::kind(Part part) const {
  return is_found(part) ? found_.kind(part) : plan_.kind(part - static_cast<Part>(found_.node_count()));
}

Part Cabling::part_of_planned(NodeIndex node) const {
  return match_.found_of(node).value_or(static_cast<Part>(found_.node_count()) + node);
}

std::string Cabling::id_of_planned(const Cable& cable) const {
  const auto& link = plan_.link(cable.link);
  core::LinkRow row;
  row.a = std::string(this->row(part_of_planned(link.a)).id);
  row.b = std::string(this->row(part_of_planned(link.b)).id);
  row.a_port = std::string(planned_row(cable).a_port);
  row.b_port = std::string(planned_row(cable).b_port);
  return link_id(row);
}

Part Cabling::whole(Part part) const {
  if (is_found(part)) {
    return found_.host_of(part).value_or(part);
  }
  const auto host = plan_.host_of(part - static_cast<Part>(found_.node_count()));
  return host ? part_of_planned(*host) : part;
}

bool Cabling::is_planned(Part part) const { return !is_found(part) || match_.planned_of(part).has_value(); }

std::string Cabling::rack(Part part) const {
  for (const auto one : {part, whole(part)}) {
    if (std::string known(row(one).rack); !known.empty()) {
      return known;
    }
    if (const auto planned = is_found(one) ? match_.planned_of(one) : std::nullopt) {
      if (std::string known(plan_.row(*planned).rack); !known.empty()) {
        return known;
      }
    }
  }
  return "";
}

std::size_t Cabling::parts_in_both() const {
  std::size_t parts = 0;
  for (NodeIndex n = 0; n < plan_.node_count(); ++n) {
    parts += match_.found_of(n) ? 1 : 0;
  }
  return parts;
}

Port Cabling::port_named(std::string_view name) {
  if (name.empty()) {
    return kAnyPort;
  }
  const auto [port, is_new] = ports_.emplace(folded(name), static_cast<Port>(port_names_.size()));
  if (is_new) {
    port_names_.emplace_back(name);
  }
  return port->second;
}

/// "host/n05" with port "eth0" is the NIC of that name, where the map or the plan has it.
void Cabling::add_cables() {
  std::optional<NicNames> found_nics, planned_nics;  // most maps name NICs: then nobody asks
  const auto named = [](std::optional<NicNames>& nics, const Graph& graph, std::optional<NodeIndex> host,
                        std::string_view name) {
    if (host && !nics) {
      nics.emplace(graph);
    }
    return host ? nics->find(*host, name) : std::nullopt;
  };
  const auto nic_of = [&](std::optional<NodeIndex> found_host, std::optional<NodeIndex> planned_host,
                          std::string_view name) -> std::optional<Part> {
    if (const auto nic = named(found_nics, found_, found_host, name)) {
      return *nic;
    }
    const auto nic = named(planned_nics, plan_, planned_host, name);
    return nic ? std::optional(part_of_planned(*nic)) : std::nullopt;
  };
  const auto found_socket = [&](NodeIndex node, std::string_view port) {
    const bool may_be_nic = found_.kind(node) == NodeKind::host && !port.empty();
    const auto nic = may_be_nic ? nic_of(node, match_.planned_of(node), port) : std::nullopt;
    return nic ? Socket{*nic, kAnyPort} : Socket{node, port_named(port)};
  };
  const auto planned_socket = [&](NodeIndex node, std::string_view port) {
    const auto part = part_of_planned(node), host = whole(part);
    if (kind(part) == NodeKind::nic &&
        kind(host) == NodeKind::network_switch) {  // the drawing took the switch for a host
      return Socket{host, port_named(last_part(row(part).id))};
    }
    const bool may_be_nic = kind(part) == NodeKind::host && !port.empty();
    const auto nic = may_be_nic ? nic_of(match_.found_of(node), node, port) : std::nullopt;
    return nic ? Socket{*nic, kAnyPort} : Socket{part, port_named(port)};
  };
  const auto add = [](const Graph& graph, const auto& socket, std::vector<Cable>& cables) {
    for (LinkIndex i = 0; i < graph.link_count(); ++i) {
      if (const auto& link = graph.link(i); link.kind == LinkKind::cable) {
        const auto& row = graph.link_row(i);
        cables.push_back({{socket(link.a, row.a_port), socket(link.b, row.b_port)}, i});
      }
    }
  };
  add(found_, found_socket, found_cables_);
  add(plan_, planned_socket, planned_cables_);
}

template <class Visit>
void Cabling::each_socket(Visit visit) {
  for (auto* cables : {&found_cables_, &planned_cables_}) {
    for (auto& cable : *cables) {
      for (auto& end : cable.ends) {
        visit(end, cables == &planned_cables_);
      }
    }
  }
}

/// Where one side names only the host, or the NICs in quite another way, all its cables are the host's.
void Cabling::join_hosts() {
  Words forms;
  Forms found, planned;
  std::vector<bool> joined(part_count()), has_common(part_count());
  each_socket([&](const Socket& end, bool is_plan) {
    const auto host = whole(end.part);
    if (kind(end.part) == NodeKind::host) {
      joined[end.part] = true;
    } else if (kind(end.part) == NodeKind::nic) {
      has_common[host] = has_common[host] || (is_found(end.part) && is_planned(end.part));
      (is_plan ? planned : found).emplace_back(host, forms.number_of(form_of(last_part(row(end.part).id))));
    }
  });
  make_unique(found);
  make_unique(planned);
  for (const auto host : without_common(found, planned)) {
    if (!has_common[host] && !joined[host]) {
      joined[host] = true;
      hosts_without_nics_.push_back(host);
    }
  }
  each_socket([&](Socket& end, bool) {
    if (const auto host = whole(end.part); joined[host] && kind(host) == NodeKind::host) {
      end = {host, kAnyPort};
    }
  });
}

void Cabling::forget_strange_ports() {
  Words words;
  std::vector<std::uint32_t> forms;
  for (const auto& name : port_names_) {
    forms.push_back(words.number_of(form_of(name)));
  }
  Forms found, planned;
  each_socket([&](const Socket& end, bool is_plan) {
    if (end.port != kAnyPort) {
      (is_plan ? planned : found).emplace_back(end.part, forms[end.port]);
    }
  });
  make_unique(found);
  make_unique(planned);
  std::vector<bool> strange(part_count());
  for (const auto part : without_common(found, planned)) {
    strange[part] = true;
    if (kind(part) != NodeKind::nic) {
      switches_without_ports_.push_back(part);
    }
  }
  each_socket([&](Socket& end, bool) { end.port = strange[end.part] ? kAnyPort : end.port; });
}

}  // namespace plumb::topology
