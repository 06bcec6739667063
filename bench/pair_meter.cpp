#include "bench/pair_meter.h"

#include <algorithm>

#include "bench/pattern.h"
#include "core/statistics.h"

namespace plumb::bench {
namespace {

constexpr std::int64_t kStop = 0, kGo = 1, kReady = 2, kArrived = 3;

Pattern payload_of(int rank, std::uint64_t seed) {
  return Pattern::of_rank(ElementType::uint8, ReduceOp::max, seed, rank, 1);
}

}  // namespace

PairFigures pair_figures(const std::vector<double>& times_ns, double bytes) {
  const auto summary = core::summarise(times_ns);
  const auto rate = [&](double ns) { return ns > 0 ? bytes / (ns * 1e-9) : 0.0; };
  return {.samples = static_cast<std::int64_t>(summary.samples),
          .p50_ns = summary.p50,
          .p99_ns = summary.p99,
          .bw_Bps = rate(summary.p50),
          .min_bw_Bps = rate(summary.max)};
}

PairMeter::PairMeter(Channel& channel, const Clock& clock, const PairSampling& sampling, const PairEnds& ends,
                     Pulse& pulse)
    : channel_(channel), clock_(clock), sampling_(sampling), ends_(ends), pulse_(pulse) {
  channel.memory().fill(channel.send_memory(), payload_of(ends.self, sampling.seed), 0);
  const auto bytes = static_cast<std::size_t>(ends.bytes);
  for (std::size_t rail = 0; rail < rails_used(bytes, ends.rails); ++rail) {
    rails_.push_back({rail_part(bytes, rail, ends.rails), {}, 0});
  }
}

double PairMeter::window_bytes() const { return static_cast<double>(channel_.receive_memory().size()); }

void PairMeter::clear_slots() {
  channel_.memory().set(channel_.receive_memory(), std::byte{0xff});  // no pattern has it
}

/// Compares every slot with what the peer sends as that message.
std::int64_t PairMeter::wrong_bytes() {
  if (!sampling_.check) {
    return 0;
  }
  auto slots = channel_.receive_memory();
  if (sampling_.plant_wrong == ends_.self) {
    channel_.memory().flip_bit(&slots[slots.size() / 2]);
  }
  const auto payload = payload_of(ends_.peer, sampling_.seed);
  const auto bytes = static_cast<std::size_t>(ends_.bytes);
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i * bytes < slots.size(); ++i) {
    for (auto& rail : rails_) {
      const auto first = static_cast<std::int64_t>(i * channel_.stride() + rail.part.offset);
      const auto part = slots.subspan(i * bytes + rail.part.offset, rail.part.bytes);
      const auto wrong_here = channel_.memory().compare(part, payload, first).wrong;
      rail.wrong += wrong_here;
      wrong += wrong_here;
    }
  }
  return wrong;
}

bool PairMeter::wants_more(std::size_t done, double start_ns) const {
  const auto wanted = static_cast<std::size_t>(sampling_.warmup) + static_cast<std::size_t>(sampling_.windows);
  const bool too_long = clock_.now_ns() - start_ns > sampling_.budget_ns;
  const bool enough = done >= static_cast<std::size_t>(sampling_.warmup) + kLeastSamples;
  return done < wanted && !(too_long && enough);
}

bool PairMeter::another(std::size_t done, double start_ns) {
  const bool more = wants_more(done, start_ns);
  channel_.signal(more ? kGo : kStop);
  return more;
}

/// Of windows, without the untimed ones.
PairFigures PairMeter::figures_of(std::vector<double>& times, double bytes) const {
  times.erase(times.begin(), times.begin() + sampling_.warmup);
  return pair_figures(times, bytes);
}

void PairMeter::complete_receives(double start_ns) {
  if (rails_.size() == 1) {
    channel_.complete_receives();
  } else {
    channel_.complete_receives_by_rail(
        [&](std::size_t rail) { rails_[rail].times.push_back(clock_.now_ns() - start_ns); });
  }
}

std::vector<PairFigures> PairMeter::take_rails() {
  std::vector<PairFigures> figures;
  const double of_window = window_bytes() / static_cast<double>(ends_.bytes);
  for (auto& rail : rails_) {
    if (rails_.size() > 1) {
      figures.push_back(rail.times.empty() ? PairFigures{}
                                           : figures_of(rail.times, static_cast<double>(rail.part.bytes) * of_window));
      figures.back().wrong = rail.wrong;
    }
    rail.times.clear();
    rail.wrong = 0;
  }
  return figures;
}

int PairMeter::untimed_pings() const { return std::max(1, sampling_.pings / 10); }

PairFigures PairMeter::lead_latency() {
  std::vector<double> times;
  const int warmup = untimed_pings(), all = warmup + sampling_.pings;
  times.reserve(static_cast<std::size_t>(sampling_.pings));
  double start = clock_.now_ns();
  for (int i = 0; i < all; ++i) {
    pulse_.step();
    channel_.ping(all - i - 1);
    const double end = clock_.now_ns();  // and the start of the next: looking takes a twentieth of a fast round trip
    if (i >= warmup) {
      times.push_back((end - start) / 2);
    }
    start = end;
  }
  auto figures = pair_figures(times, 0);
  figures.wrong = wrong_bytes();
  return figures;
}

PairFigures PairMeter::follow_latency() {
  for (int left = untimed_pings() + sampling_.pings; left-- > 0;) {
    pulse_.step();
    channel_.pong(left);
  }
  channel_.flush();
  return {.wrong = wrong_bytes()};
}

PairFigures PairMeter::send() {
  std::vector<double> times;
  const double start = clock_.now_ns();
  while (another(times.size(), start)) {
    pulse_.step();
    (void)channel_.wait();  // the peer's receives are posted
    const double before = clock_.now_ns();
    channel_.start_sends();
    channel_.complete_sends();
    (void)channel_.wait();  // all arrived
    times.push_back(clock_.now_ns() - before);
  }
  return figures_of(times, window_bytes());
}

PairFigures PairMeter::receive() {
  PairFigures figures;
  bool first = true;
  while (channel_.wait() == kGo) {
    if (first) {
      clear_slots();
    }
    pulse_.step();
    channel_.start_receives();
    channel_.signal(kReady);
    complete_receives(clock_.now_ns());
    channel_.signal(kArrived);
    if (first) {  // the first window is checked too, and the last one below must have come anew
      figures.wrong += wrong_bytes();
      clear_slots();
      first = false;
    }
  }
  figures.wrong += wrong_bytes();
  return figures;
}

PairFigures PairMeter::exchange(bool leads) {
  std::vector<double> times;
  const double start = clock_.now_ns();
  clear_slots();
  while (leads ? another(times.size(), start) : channel_.wait() == kGo) {
    pulse_.step();
    const double before = clock_.now_ns();  // ahead of the peer's first send, or it could arrive before we look
    if (leads) {
      (void)channel_.wait();
    }
    channel_.start_receives();
    if (!leads) {
      channel_.signal(kReady);
    }
    channel_.start_sends();
    complete_receives(before);
    times.push_back(clock_.now_ns() - before);
    channel_.complete_sends();
  }
  auto figures = figures_of(times, window_bytes());
  figures.wrong = wrong_bytes();
  return figures;
}

PairFigures PairMeter::loop_latency() {
  std::vector<double> times;
  const int warmup = untimed_pings(), all = warmup + sampling_.pings;
  for (int i = 0; i < all; ++i) {
    pulse_.step();
    const double start = clock_.now_ns();
    channel_.ping(all - i - 1);
    if (i >= warmup) {
      times.push_back(clock_.now_ns() - start);
    }
  }
  auto figures = pair_figures(times, 0);
  figures.wrong = wrong_bytes();
  return figures;
}

PairFigures PairMeter::loop() {
  std::vector<double> times;
  std::int64_t wrong = 0;
  const double start = clock_.now_ns();
  clear_slots();
  while (wants_more(times.size(), start)) {
    pulse_.step();
    channel_.start_receives();
    const double before = clock_.now_ns();
    channel_.start_sends();
    complete_receives(before);
    times.push_back(clock_.now_ns() - before);
    channel_.complete_sends();
    if (times.size() == 1) {  // the first window is checked too, and the last one below must have come anew
      wrong = wrong_bytes();
      clear_slots();
    }
  }
  auto figures = figures_of(times, window_bytes());
  figures.wrong = wrong + wrong_bytes();
  return figures;
}

}  // namespace plumb::bench
