#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/error.h"
#include "core/units.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

constexpr double kBitsPerByte = 8;

/// Hosts with one NIC a rail; each rail of each pod has its own leaves and spines, each rail its own cores.
struct Shape {
  std::map<std::string, std::int64_t> count;  // by key
  bool gpus = false;

  [[nodiscard]] std::int64_t of(const char* key) const { return count.at(key); }
};

Shape parse(const std::string& spec) {
  const auto kind = spec.substr(0, spec.find(':'));
  Shape shape;
  shape.gpus = kind == "rail";
  if (kind != "rail" && kind != "fat-tree") {
    throw core::UsageError(fmt::format("synthetic:{}: the kinds are fat-tree and rail", spec));
  }
  shape.count = {{"hosts", 64}, {"rails", shape.gpus ? 8 : 1}, {"leaf", 16}, {"spines", 4}, {"pods", 1}, {"cores", 4},
                 {"gbits", 400}};
  std::istringstream keys(spec.size() > kind.size() ? spec.substr(kind.size() + 1) : "");
  for (std::string entry; std::getline(keys, entry, ',');) {
    const auto equals = entry.find('=');
    const auto key = entry.substr(0, equals);
    if (equals == std::string::npos || !shape.count.contains(key)) {
      throw core::UsageError(
          fmt::format("synthetic:{}: '{}' is none of hosts= rails= leaf= spines= pods= cores= gbits=", spec, entry));
    }
    const auto value = core::parse_bytes(entry.substr(equals + 1));
    if (value < 1 || value > 10'000'000) {
      throw core::UsageError(fmt::format("synthetic:{}: {} is out of range", spec, entry));
    }
    shape.count[key] = value;
  }
  return shape;
}

class SyntheticSource : public Source {
 public:
  explicit SyntheticSource(const std::string& spec) : shape_(parse(spec)) {}
  [[nodiscard]] std::string name() const override { return "synthetic"; }

  void add_to(GraphBuilder& builder) override {
    builder_ = &builder;
    const auto hosts = shape_.of("hosts"), pods = shape_.of("pods");
    const auto hosts_a_pod = (hosts + pods - 1) / pods;
    for (std::int64_t h = 0; h < hosts; ++h) {
      add_host(h, h / hosts_a_pod, h % hosts_a_pod);
    }
    const auto leaves = (hosts_a_pod + shape_.of("leaf") - 1) / shape_.of("leaf");
    for (std::int64_t pod = 0; pod < pods; ++pod) {
      for (std::int64_t rail = 0; rail < shape_.of("rails"); ++rail) {
        add_plane(pod, rail, leaves);
      }
    }
  }

 private:
  [[nodiscard]] std::string switch_id(const char* tier, std::int64_t pod, std::int64_t rail, std::int64_t n) const {
    const auto where = shape_.of("pods") > 1 && pod >= 0 ? fmt::format("p{}-", pod + 1) : "";
    const auto plane = shape_.of("rails") > 1 ? fmt::format("r{}-", rail) : "";
    return fmt::format("switch/{}{}{}{}", where, plane, tier, n + 1);
  }

  void add_switch(const std::string& id, int tier, std::int64_t pod, std::int64_t rail) {
    core::NodeRow row;
    row.id = id;
    row.tier = tier;
    row.pod = pod < 0 ? "" : fmt::format("p{}", pod + 1);
    row.rail = rail;
    row.source = name();
    builder_->add(std::move(row));
  }

  void add_cable(const std::string& a, std::int64_t a_port, const std::string& b, std::int64_t b_port) {
    core::LinkRow row;
    row.kind = "cable";
    row.a = a;
    row.b = b;
    row.a_port = std::to_string(a_port);
    row.b_port = std::to_string(b_port);
    row.rate_Bps = rate_Bps();
    row.source = name();
    builder_->add(std::move(row));
  }

  [[nodiscard]] double rate_Bps() const { return static_cast<double>(shape_.of("gbits")) * 1e9 / kBitsPerByte; }

  void add_host(std::int64_t number, std::int64_t pod, std::int64_t in_pod) {
    const auto host = fmt::format("n{:05}", number + 1);
    for (std::int64_t rail = 0; rail < shape_.of("rails"); ++rail) {
      core::NodeRow nic;
      nic.id = fmt::format("nic/{}/nic{}", host, rail);
      nic.rail = rail;
      nic.pod = fmt::format("p{}", pod + 1);
      nic.rate_Bps = rate_Bps();
      nic.source = name();
      auto gpu = nic;
      gpu.id = fmt::format("gpu/{}/{}", host, rail);
      gpu.rate_Bps.reset();
      add_cable(nic.id, 1, switch_id("leaf", pod, rail, in_pod / shape_.of("leaf")), in_pod % shape_.of("leaf") + 1);
      builder_->add(std::move(nic));
      if (shape_.gpus) {
        builder_->add(std::move(gpu));
      }
    }
  }

  /// Leaves and spines of a rail in a pod. A spine has cables to every spines-th core, so that all cores reach all
  /// pods.
  void add_plane(std::int64_t pod, std::int64_t rail, std::int64_t leaves) {
    const auto spines = shape_.of("spines");
    for (std::int64_t leaf = 0; leaf < leaves; ++leaf) {
      add_switch(switch_id("leaf", pod, rail, leaf), 1, pod, rail);
      for (std::int64_t spine = 0; spine < spines; ++spine) {
        add_cable(switch_id("leaf", pod, rail, leaf), shape_.of("leaf") + 1 + spine,
                  switch_id("spine", pod, rail, spine), leaf + 1);
      }
    }
    for (std::int64_t spine = 0; spine < spines; ++spine) {
      add_switch(switch_id("spine", pod, rail, spine), 2, pod, rail);
      for (std::int64_t core = spine; core < shape_.of("cores") * spines && shape_.of("pods") > 1; core += spines) {
        const auto id = switch_id("core", -1, rail, core);
        add_switch(id, 3, -1, rail);
        add_cable(switch_id("spine", pod, rail, spine), leaves + 1 + core / spines, id, pod + 1);
      }
    }
  }

  Shape shape_;
  GraphBuilder* builder_ = nullptr;
};

}  // namespace

std::unique_ptr<Source> synthetic_source(const std::string& spec) { return std::make_unique<SyntheticSource>(spec); }

}  // namespace plumb::topology
