// The fabric of the lab, loaded by smpirun: a fat tree of two levels. Destination h takes spine h modulo spines, as
// subnet managers route. A leaf-spine cable has eight times the rate of a host's: whatever eight hosts send, no healthy
// cable is overloaded, so that a slow pair means a slow cable and not a crowded one.
//
//   LAB_TREE=8,8,8                      leaves, hosts a leaf, spines
//   LAB_SLOW=CABLE=FACTOR[:up|:down]    slows this cable, up (towards the spines), down, or both ways
//
// A cable is named by its ends, as in links.csv: host/h05--switch/leaf-1, switch/leaf-1--switch/spine-3.
#include <cstdio>
#include <cstdlib>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

namespace sg4 = simgrid::s4u;

namespace {

constexpr double kHostRate = 50e9, kSpineRate = 400e9;  // bytes a second, each direction
constexpr double kLatency = 300e-9;                     // seconds a cable

struct Tree {
  unsigned leaves = 8, hosts_a_leaf = 8, spines = 8;
  [[nodiscard]] unsigned hosts() const { return leaves * hosts_a_leaf; }
};

[[noreturn]] void refuse(const char* variable, const char* text) {
  std::fprintf(stderr, "lab: %s=%s is not understood\n", variable, text);
  std::exit(2);
}

Tree tree_asked_for() {
  Tree tree;
  const char* text = std::getenv("LAB_TREE");
  if (text != nullptr && (std::sscanf(text, "%u,%u,%u", &tree.leaves, &tree.hosts_a_leaf, &tree.spines) != 3 ||
                          tree.hosts() < 2 || tree.hosts() > 1024 || tree.spines < 1)) {
    refuse("LAB_TREE", text);
  }
  return tree;
}

std::string host(unsigned number) { return (number < 10 ? "h0" : "h") + std::to_string(number); }
std::string leaf(unsigned number) { return "switch/leaf-" + std::to_string(number); }
std::string spine(unsigned number) { return "switch/spine-" + std::to_string(number); }

class Builder {
 public:
  explicit Builder(const Tree& tree) : tree_(tree), zone_(sg4::create_full_zone("fabric")) {}

  void build() {
    for (unsigned h = 0; h < tree_.hosts(); ++h) {
      hosts_.push_back(zone_->create_host(host(h), "1Gf"));
      host_cables_.push_back(cable("host/" + host(h) + "--" + leaf(h / tree_.hosts_a_leaf), kHostRate));
    }
    for (unsigned l = 0; l < tree_.leaves; ++l) {
      for (unsigned s = 0; s < tree_.spines; ++s) {
        spine_cables_.push_back(cable(leaf(l) + "--" + spine(s), kSpineRate));
      }
    }
    for (unsigned a = 0; a < tree_.hosts(); ++a) {
      for (unsigned b = 0; b < tree_.hosts(); ++b) {
        add_route(a, b);
      }
    }
    zone_->seal();
  }

 private:
  using Way = sg4::LinkInRoute::Direction;

  const sg4::SplitDuplexLink* cable(const std::string& name, double rate) {
    auto* both = zone_->create_split_duplex_link(name, rate);
    both->set_latency(kLatency)->seal();
    return both;
  }

  void add_route(unsigned a, unsigned b) {
    if (a == b) {
      return;
    }
    const unsigned from = a / tree_.hosts_a_leaf, to = b / tree_.hosts_a_leaf, over = b % tree_.spines;
    std::vector<sg4::LinkInRoute> way = {{host_cables_[a], Way::UP}};
    if (from != to) {
      way.emplace_back(spine_cables_[from * tree_.spines + over], Way::UP);
      way.emplace_back(spine_cables_[to * tree_.spines + over], Way::DOWN);
    }
    way.emplace_back(host_cables_[b], Way::DOWN);
    zone_->add_route(hosts_[a]->get_netpoint(), hosts_[b]->get_netpoint(), nullptr, nullptr, way, false);
  }

  Tree tree_;
  sg4::NetZone* zone_;
  std::vector<sg4::Host*> hosts_;
  std::vector<const sg4::SplitDuplexLink*> host_cables_, spine_cables_;
};

/// "CABLE=FACTOR[:up|:down]"
void slow_cable(const sg4::Engine& engine, const std::string& text) {
  const auto equals = text.rfind('=');
  const auto colon = text.find(':', equals == std::string::npos ? 0 : equals);
  const auto way = colon == std::string::npos ? "" : text.substr(colon + 1);
  const double factor = equals == std::string::npos ? 0 : std::atof(text.c_str() + equals + 1);
  if (factor <= 0 || (!way.empty() && way != "up" && way != "down")) {
    refuse("LAB_SLOW", text.c_str());
  }
  for (const std::string side : {"up", "down"}) {
    auto* link = engine.link_by_name_or_null(text.substr(0, equals) + (side == "up" ? "_UP" : "_DOWN"));
    if (link == nullptr) {
      refuse("LAB_SLOW", text.c_str());
    }
    if (way.empty() || way == side) {
      link->set_bandwidth(link->get_bandwidth() * factor);
    }
  }
}

}  // namespace

extern "C" void load_platform(const sg4::Engine& engine);  // called by SimGrid
void load_platform(const sg4::Engine& engine) {
  Builder(tree_asked_for()).build();
  if (const char* text = std::getenv("LAB_SLOW")) {
    slow_cable(engine, text);
  }
}
