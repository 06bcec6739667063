#include <fmt/format.h>

#include <map>
#include <thread>

#include "topology/ib_counters.h"
#include "topology/ib_survey.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

Deadline in(double seconds) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

class IbSource : public Source {
 public:
  explicit IbSource(const LiveOptions& options) : options_(options), from_{options.ib_device, options.ib_port} {}
  [[nodiscard]] std::string name() const override { return "ib"; }
  [[nodiscard]] std::string why_absent() const override { return why_no_ib(from_, in(options_.time_limit_s)); }

  void add_to(GraphBuilder& builder) override {
    builder_ = &builder;
    survey();
    auto fabric = survey_.fabric();
    if (options_.counter_s > 0 && !survey_.empty()) {
      read_counters(fabric);
    }
    tell_gaps(fabric);
    fabric.add_to(builder);
  }

 private:
  void remark(const std::string& subject, const std::string& check, const std::string& seen,
              const std::string& expected, const std::string& advice) {
    builder_->remark({"", subject, check, "absent", seen, expected, advice});
  }
  void survey() {
    const auto deadline = in(options_.time_limit_s);
    const auto scan = scan_ib(from_, deadline);
    survey_.add(scan);
    if (!scan.in_time) {
      remark("ib", "discovery", why_cut_short(deadline), "the whole fabric",
             "discover again, with a longer --time-limit where the fabric is large; restart what hangs");
    } else if (survey_.empty()) {
      remark("ib", "discovery", "nothing answered, not even this host's own port", "the whole fabric",
             "look at this host's own port (ibstat)");
    }
  }

  /// A switch that told of none of its ports is one remark. Ports without a peer are in the fabric's own remarks.
  void tell_gaps(IbFabric& fabric) const {
    const auto gaps = survey_.gaps();
    std::map<std::uint64_t, std::size_t> silent_ports;
    for (const auto& gap : gaps) {
      silent_ports[gap.guid] += gap.what == IbGap::What::port ? 1 : 0;
    }
    for (const auto& gap : gaps) {
      const bool is_wholly_silent =
          gap.what == IbGap::What::port && silent_ports[gap.guid] > survey_.node(gap.guid).ports;
      if (gap.what == IbGap::What::peer || (is_wholly_silent && gap.port != 0)) {
        continue;
      }
      const bool is_port = gap.what == IbGap::What::port;
      fabric.silences.push_back({gap.guid, gap.port, "discovery",
                                 is_wholly_silent ? "it told of none of its ports"
                                 : is_port        ? "it did not tell of its state"
                                                  : "its description was lost, or it has none",
                                 is_port ? "state, width and speed" : "a node description",
                                 "discover again; the map is incomplete"});
    }
  }

  void read_counters(IbFabric& fabric) {
    auto ports = survey_.ports_with_link();
    const auto without_lid = std::erase_if(ports, [](const IbPortSeen& port) { return port.lid == 0; });
    if (without_lid > 0) {
      remark("ib", "port_counters", fmt::format("{} of {} ports have no LID", without_lid, without_lid + ports.size()),
             "counters of every port", "start a subnet manager");
    }
    if (!ports.empty()) {
      read_counters(ports, "before", fabric);
      std::this_thread::sleep_for(std::chrono::duration<double>(options_.counter_s));
      read_counters(ports, "after", fabric);
    }
  }

  void read_counters(const std::vector<IbPortSeen>& ports, std::string_view phase, IbFabric& fabric) {
    const auto deadline = in(options_.time_limit_s);
    const auto reading = read_ib_counters(from_, ports, deadline);
    if (!reading.in_time) {
      remark("ib", "port_counters", why_cut_short(deadline), "counters of every port",
             "give --time-limit more seconds");
    }
    for (const auto& port : reading.lost) {
      fabric.silences.push_back({port.guid, port.port, "port_counters",
                                 fmt::format("no answer about its counters ({})", phase), "its counters",
                                 "read them again"});
    }
    for (const auto& counter : reading.counters) {
      fabric.counters.push_back(ib_counter(counter, phase));
    }
  }

  [[nodiscard]] std::string why_cut_short(Deadline deadline) const {
    return std::chrono::steady_clock::now() < deadline ? "it broke off"
                                                       : fmt::format("no end within {:g} s", options_.time_limit_s);
  }

  LiveOptions options_;
  IbLocalPort from_;
  IbSurvey survey_;
  GraphBuilder* builder_ = nullptr;
};

}  // namespace

std::unique_ptr<Source> ib_source(const LiveOptions& options) { return std::make_unique<IbSource>(options); }

}  // namespace plumb::topology
