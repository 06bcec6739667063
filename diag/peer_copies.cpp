#include "diag/peer_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>

#include "core/round_robin.h"
#include "diag/timed_passes.h"

namespace plumb::diag {
namespace {

constexpr std::size_t kBytes = std::size_t{1} << 28;

/// From the GPU of a stream to another one, time and again.
class PeerCopy {
 public:
  /// Throws core::Error.
  PeerCopy(const core::GpuStream& stream, const core::Gpu& target)
      : stream_(stream), target_(target), there_(target, kBytes), here_(stream.gpu(), kBytes), passes_(stream) {
    const auto& cuda = stream.gpu().cuda();
    stream.gpu().make_current();
    if (const int code = cuda->enable_peer(target.context(), 0); code != core::kCudaPeerAccessAlreadyEnabled) {
      cuda.require(code, "cuCtxEnablePeerAccess");
    }
  }

  void start() {
    const auto& cuda = stream_.gpu().cuda();
    stream_.gpu().make_current();
    passes_.start([&] {
      cuda.require(cuda->copy_to_peer(there_.address(), target_.context(), here_.address(), stream_.gpu().context(),
                                      kBytes, stream_.get()),
                   "cuMemcpyPeerAsync");
    });
  }
  /// Of what start() began; bytes a second.
  [[nodiscard]] double finish() const { return passes_.finish(static_cast<double>(kBytes)); }

 private:
  const core::GpuStream& stream_;
  const core::Gpu& target_;
  core::GpuBuffer there_, here_;
  TimedPasses passes_;
};

/// A direction of a pair.
struct Way {
  const TestedGpu* source;
  const TestedGpu* target;
  std::unique_ptr<PeerCopy> copy;
  std::vector<double> rates;

  [[nodiscard]] std::string test(const char* kind) const { return kind + target->id.substr(target->id.rfind('/') + 1); }
};

bool can_reach(const core::Gpu& source, const core::Gpu& target) {
  int can = 0;
  source.cuda().require(source.cuda()->can_reach_peer(&can, source.device(), target.device()), "cuDeviceCanAccessPeer");
  return can != 0;
}

class Meeting {
 public:
  Meeting(int repetitions, GpuRecorder& recorder) : repetitions_(repetitions), recorder_(recorder) {}

  /// One that cannot be is told, and left out.
  void add(std::vector<Way>& ways, const TestedGpu& source, const TestedGpu& target) {
    Way way{.source = &source, .target = &target, .copy = nullptr, .rates = {}};
    const auto test = way.test("p2p_to_");
    recorder_.attempt(source.id, test, [&] {
      if (!can_reach(*source.gpu, *target.gpu)) {
        recorder_.add_absent(source.id, test, "the driver allows no direct copy");
        return;
      }
      way.copy = std::make_unique<PeerCopy>(*source.stream, *target.gpu);
      ways.push_back(std::move(way));
    });
  }

  /// All of `ways` at the same time. The first repetition warms up and is not counted. One that fails is told, and left
  /// out from then on.
  void measure(std::vector<Way>& ways, const char* kind) {
    const auto attempt = [&](auto work) {
      std::erase_if(ways,
                    [&](Way& way) { return !recorder_.attempt(way.source->id, way.test(kind), [&] { work(way); }); });
    };
    for (int i = 0; i <= repetitions_; ++i) {
      attempt([](Way& way) { way.copy->start(); });
      attempt([&](Way& way) {
        if (const double rate = way.copy->finish(); i > 0) {
          way.rates.push_back(rate);
        }
      });
    }
    for (auto& way : ways) {
      recorder_.add(way.source->id, way.test(kind), std::exchange(way.rates, {}), "Bps");
    }
  }

 private:
  int repetitions_;
  GpuRecorder& recorder_;
};

/// Those that go both ways.
std::vector<Way> with_their_opposites(std::vector<Way> forth, std::vector<Way> back) {
  std::vector<Way> both;
  for (auto& way : forth) {
    const auto opposite = std::ranges::find(back, way.target, &Way::source);
    if (opposite != back.end()) {
      both.push_back(std::move(way));
      both.push_back(std::move(*opposite));
    }
  }
  return both;
}

}  // namespace

void measure_peers(const std::vector<TestedGpu>& gpus, int repetitions, GpuRecorder& recorder) {
  Meeting meeting(repetitions, recorder);
  std::vector<int> numbers(gpus.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  for (const auto& round : core::round_robin(numbers)) {
    std::vector<Way> forth, back;
    for (const auto& [one, other] : round) {
      meeting.add(forth, gpus[static_cast<std::size_t>(one)], gpus[static_cast<std::size_t>(other)]);
      meeting.add(back, gpus[static_cast<std::size_t>(other)], gpus[static_cast<std::size_t>(one)]);
    }
    meeting.measure(forth, "p2p_to_");
    meeting.measure(back, "p2p_to_");
    auto both = with_their_opposites(std::move(forth), std::move(back));
    meeting.measure(both, "p2p_both_to_");
  }
}

}  // namespace plumb::diag
