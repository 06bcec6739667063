#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "reports/simulated_load.h"
#include "reports/simulated_rate.h"
#include "reports/simulated_tables.h"
#include "reports/simulated_ways.h"
#include "topology/end_places.h"

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::NodeIndex;

constexpr std::int64_t kMessageBytes = 64LL << 20, kWindowBytes = 8 * kMessageBytes, kSamples = 20;
constexpr std::array<std::string_view, 4> kReasons{"connection timed out", "no route to host",
                                                   "registration failed: Cannot allocate memory",
                                                   "remote access error, vendor_err 0x88"};

/// The matchings of plumb-pairs on this map, a rail at a time; each pair one way, then the other.
class PairsWriter {
 public:
  explicit PairsWriter(const SimulatedRun& run)
      : run_(run),
        weather_(run.options.plan.weather),
        ways_(run.fabric.graph()),
        rates_(run.fabric, run.planted),
        hashes_(draws("hashes")),
        noise_(draws("noise")),
        luck_(draws("luck")),
        out_(run.dir.writer<core::PairRow>()) {
    ways_.avoid(dead_in(run.planted));
    row_.backend = run.ends == Ends::gpu ? "ucx" : "verbs";
    row_.memory = run.ends == Ends::gpu ? "gpu" : "host";
    row_.mode = "uni";
    row_.schedule = "matchings";
    row_.bytes = kMessageBytes;
    if (run.options.routes) {
      routes_.emplace(run.dir.writer<core::RouteRow>());
    }
  }

  void write() {
    const auto places = places_of_ends();
    auto draw_seed = draws("matchings");
    row_.round = 0;
    for (const auto& rail : run_.fabric.rails()) {
      std::mt19937_64 random(draw_seed.below(kSeeds));
      const std::vector<int> members(rail.begin(), rail.end());
      for (const auto& round : topology::stratified_matchings(members, places, run_.options.rounds, random)) {
        for (const auto& pair : round) {
          measure(static_cast<std::uint32_t>(pair.a), static_cast<std::uint32_t>(pair.b));
          measure(static_cast<std::uint32_t>(pair.b), static_cast<std::uint32_t>(pair.a));
        }
        ++row_.round;
      }
    }
    write_loaded();
    out_.flush();
    if (routes_) {
      routes_->flush();
    }
  }

 private:
  [[nodiscard]] std::vector<topology::EndPlace> places_of_ends() const {
    if (!run_.options.pairs_follow_map) {
      return std::vector<topology::EndPlace>(run_.fabric.ends().size());
    }
    topology::EndPlaces on_map(run_.fabric.graph());
    std::vector<topology::EndPlace> places;
    for (const auto& end : run_.fabric.ends()) {
      places.push_back(on_map.of(end.nic, {end.cable, end.leaf}));
      places.back().rate_Bps = run_.fabric.capacity_Bps(end.cable);  // that of its generation
    }
    return places;
  }

  void write_loaded() {
    LoadedRounds rounds(run_.fabric, run_.planted, {run_.options.seed, "load", static_cast<std::uint64_t>(run_.night)});
    row_.schedule = "all-rails";
    for (int round = 0; round < run_.options.loaded_rounds; ++round) {
      row_.round = round;
      for (const auto& flow : rounds.next()) {
        add_loaded(flow);
      }
    }
  }

  void add_loaded(const LoadedFlow& flow) {
    constexpr double kWorst = 0.95;
    name(row_.src, flow.src);
    name(row_.dst, flow.dst);
    const double slower = luck_.chance(weather_.disturbed) ? luck_.uniform(0.3, 0.9) : 1;
    const double noise = std::max(kLeastNoise, 1 + weather_.noise * noise_.normal());
    add_measured(rates_.rate(flow.src, flow.dst, flow.cables).Bps * flow.share * noise * slower, kWorst);
  }

  [[nodiscard]] NodeIndex leaf(std::uint32_t e) const { return leaf_of(run_.fabric, run_.planted, e); }

  [[nodiscard]] Draws draws(std::string_view purpose) const {
    return {run_.options.seed, purpose, static_cast<std::uint64_t>(run_.night)};
  }
  [[nodiscard]] const SimulatedEnd& end(std::uint32_t e) const { return run_.fabric.ends()[e]; }
  void name(std::string& cell, std::uint32_t e) const {
    cell = run_.fabric.graph().row(run_.ends == Ends::gpu ? end(e).gpu : end(e).nic).id;
  }

  /// Draws the same number of times whatever was planted, so that two fleets of one seed differ by their faults only.
  void measure(std::uint32_t src, std::uint32_t dst) {
    constexpr double kWorst = 0.95, kSpread = 0.02, kLeast = 0.85, kMost = 0.999;
    const double z = noise_.normal();
    double worst = std::clamp(kWorst + kSpread * noise_.normal(), kLeast, kMost);
    const bool is_missing = luck_.chance(weather_.missing), is_failed = luck_.chance(weather_.failed),
               is_disturbed = luck_.chance(weather_.disturbed), stalls = luck_.chance(1.0 / 2);
    const double slower = luck_.uniform(0.3, 0.9), stall = luck_.uniform(0.3, kWorst);
    const auto reason = luck_.below(kReasons.size());
    const auto* cables = way(src, dst);
    if (end(src).host == end(dst).host || cables == nullptr || is_missing) {
      return;
    }
    name(row_.src, src);
    name(row_.dst, dst);
    if (is_failed) {
      return add_failed(kReasons[reason]);
    }
    const auto& rate = rates_.rate(src, dst, *cables);
    const double Bps = rate.Bps * std::max(kLeastNoise, 1 + weather_.noise * z) * (is_disturbed ? slower : 1);
    worst = is_disturbed ? stall : worst;
    for (const auto e : {src, dst}) {
      if (const auto& state = run_.planted.ends[e]; state.stall < 1 && stalls) {
        worst = std::min(worst, state.stall);
        ++run_.planted.faults[state.fault].rows;
      }
    }
    count(rate);
    add_measured(Bps, worst);
  }

  /// Null when there is none. Routes that are told are kept.
  const std::vector<LinkIndex>* way(std::uint32_t src, std::uint32_t dst) {
    if (!routes_) {
      return ways_.draw(leaf(src), leaf(dst), hashes_) ? &ways_.cables() : nullptr;
    }
    constexpr unsigned kBits = 32;
    const auto [at, is_new] = kept_.try_emplace((std::uint64_t{src} << kBits) | dst);
    if (is_new) {
      if (!ways_.draw(leaf(src), leaf(dst), hashes_)) {
        kept_.erase(at);
        return nullptr;
      }
      at->second = ways_.cables();
      add_route(src, dst, at->second);
    }
    return &at->second;
  }

  void add_route(std::uint32_t src, std::uint32_t dst, const std::vector<LinkIndex>& between) {
    const auto& graph = run_.fabric.graph();
    route_.src = graph.row(end(src).nic).id;
    route_.dst = graph.row(end(dst).nic).id;
    route_.hop = 0;
    const auto add = [&](LinkIndex link) {
      route_.link = graph.link_row(link).id;
      routes_->add(route_);
      ++route_.hop;
    };
    add(end(src).cable);
    std::ranges::for_each(between, add);
    add(end(dst).cable);
  }

  void count(const SimulatedRate& rate) {
    for (const auto& blame : rate.blames) {
      auto& fault = run_.planted.faults[blame.fault];
      ++fault.rows;
      fault.shortfall += 1 - blame.left;
    }
  }

  void add_failed(std::string_view reason) {
    row_.samples = 0;
    row_.p50_ns.reset();
    row_.p99_ns.reset();
    row_.bw_Bps.reset();
    row_.min_bw_Bps.reset();
    row_.wrong.reset();
    row_.status = "failed";
    row_.reason = reason;
    add_row();
  }

  /// Rates are those of whole nanoseconds, as plumb-pairs has them.
  void add_measured(double Bps, double worst) {
    constexpr double kNs = 1e9;
    const auto window = static_cast<double>(kWindowBytes) * kNs;
    row_.samples = kSamples;
    row_.p50_ns = std::llround(window / Bps);
    row_.p99_ns = std::llround(window / (Bps * worst));
    row_.bw_Bps = std::round(window / static_cast<double>(*row_.p50_ns));
    row_.min_bw_Bps = std::round(window / static_cast<double>(*row_.p99_ns));
    row_.wrong = 0;
    row_.status = "ok";
    row_.reason.clear();
    add_row();
  }

  void add_row() {
    out_.add(row_);
    if (++rows_ % kRowsAtOnce == 0) {
      out_.flush();
      if (routes_) {
        routes_->flush();
      }
    }
  }

  static constexpr double kLeastNoise = 0.05;
  static constexpr std::uint64_t kSeeds = std::uint64_t{1} << 63U;
  const SimulatedRun& run_;
  const Weather& weather_;
  SimulatedWays ways_;
  RateModel rates_;
  Draws hashes_, noise_, luck_;
  core::TableWriter<core::PairRow> out_;
  std::optional<core::TableWriter<core::RouteRow>> routes_;
  std::unordered_map<std::uint64_t, std::vector<LinkIndex>> kept_;  // by both ends
  core::PairRow row_;
  core::RouteRow route_;
  std::size_t rows_ = 0;
};

}  // namespace

void write_pairs(const SimulatedRun& run) { PairsWriter(run).write(); }

}  // namespace plumb::reports
