#include <fmt/format.h>

#include <optional>

#include "core/program.h"
#include "topology/lldp.h"
#include "topology/source.h"
#include "topology/sysfs.h"

namespace plumb::topology {
namespace {

constexpr double kMegabitBps = 1e6 / 8;
constexpr std::chrono::seconds kLimit{10};

/// /usr/sbin is not on every user's PATH.
core::ProgramAnswer ask(const std::vector<std::string>& words) {
  for (const auto* program : {"lldpcli", "/usr/sbin/lldpcli"}) {
    std::vector<std::string> command{program};
    command.insert(command.end(), words.begin(), words.end());
    if (auto answer = core::run_program(command, kLimit);
        answer.why_no_good.find("not installed") == std::string::npos) {
      return answer;
    }
  }
  return {"", "lldpcli is not installed (apt-get install lldpd)"};
}

class LldpSource : public Source {
 public:
  explicit LldpSource(const LiveOptions& options) : options_(options), sysfs_(options.root) {}
  [[nodiscard]] std::string name() const override { return "lldp"; }
  [[nodiscard]] std::string why_absent() const override { return told().why_no_good; }

  void add_to(GraphBuilder& builder) override {
    const auto interface = [this](const std::string& netdev) { return interface_of(netdev); };
    add_lldp(parse_lldp({"lldpcli", told().out}), {options_.host, true, interface}, builder);
  }

 private:
  /// Chassis and neighbours, one after the other; asked once.
  const core::ProgramAnswer& told() const {
    if (!told_) {
      told_ = show({"chassis"});
      if (told_->why_no_good.empty()) {
        auto neighbours = show({"neighbors", "details"});
        told_->out += neighbours.out;
        told_->why_no_good = std::move(neighbours.why_no_good);
      }
    }
    return *told_;
  }

  [[nodiscard]] core::ProgramAnswer show(const std::vector<std::string>& what) const {
    std::vector<std::string> words;
    if (!options_.lldp_socket.empty()) {
      words = {"-u", options_.lldp_socket};
    }
    words.insert(words.end(), {"-f", "json0", "show"});
    words.insert(words.end(), what.begin(), what.end());
    return ask(words);
  }

  /// As node_source calls it: by its RDMA device. Names with a '/' are no interfaces.
  [[nodiscard]] LldpInterface interface_of(const std::string& netdev) const {
    LldpInterface known;
    if (netdev.empty() || netdev.find('/') != std::string::npos || netdev.starts_with('.')) {
      return known;
    }
    const auto path = "sys/class/net/" + netdev;
    if (const auto devices = sysfs_.entries(path + "/device/infiniband"); !devices.empty()) {
      known.rdma = devices.front();
    }
    if (const auto speed = sysfs_.number(path + "/speed"); speed && *speed > 0) {
      known.rate_Bps = *speed * kMegabitBps;
    }
    return known;
  }

  LiveOptions options_;
  Sysfs sysfs_;
  mutable std::optional<core::ProgramAnswer> told_;
};

}  // namespace

std::unique_ptr<Source> lldp_source(const LiveOptions& options) { return std::make_unique<LldpSource>(options); }

std::string lldp_version() {
  const auto answer = ask({"-v"});
  return answer.why_no_good.empty() ? answer.out.substr(0, answer.out.find('\n')) : "";
}

}  // namespace plumb::topology
