#include "bench/nccl_profiler.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <limits>
#include <mutex>
#include <thread>

namespace plumb::bench {
namespace {

constexpr std::size_t kMostChannels = 256;  // NCCL numbers them in 8 bits

/// NCCL calls from threads of its own, and hands no more of ours through than a pointer: so there is one for the
/// process.
struct Ear {
  std::mutex mutex;
  int* activation = nullptr;  // NCCL's; it reads the events that it is to tell of from there
  Method heard;
  /// What one channel has told; several pieces of work of one call are as one.
  struct Channel {
    std::uint64_t start_ns = 0, stop_ns = 0;
    int begun = 0, ended = 0;
  };
  std::array<Channel, kMostChannels> channels;
  std::chrono::steady_clock::time_point last_told;
} ear;

/// Lower case, as our own algorithms are written.
std::string lower(const char* text) {
  std::string name(text == nullptr ? "" : text);
  std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return name;
}

void listen_to(int events) {
  if (ear.activation != nullptr) {
    std::atomic_ref(*ear.activation).store(events, std::memory_order_relaxed);
  }
}

int init(void** context, std::uint64_t /*id*/, int* activation, const char* /*comm_name*/, int /*nodes*/, int /*ranks*/,
         int /*rank*/, void* /*log*/) {
  const std::lock_guard lock(ear.mutex);
  *context = &ear;
  ear.activation = activation;
  listen_to(0);
  return 0;
}

/// A collective gets no handle: nothing more is told of it.
int start_event(void* /*context*/, void** handle, const NcclProfilerEvent* event) {
  *handle = nullptr;
  const std::lock_guard lock(ear.mutex);
  if (event->type == kNcclProfileCollective) {
    const auto& told = event->collective;
    ear.heard = {lower(told.algorithm), told.protocol == nullptr ? "" : told.protocol, told.channels};
  } else if (event->type == kNcclProfileChannel) {
    auto& channel = ear.channels[event->channel.number];
    channel.start_ns =
        channel.begun == 0 ? event->channel.start_ns : std::min(channel.start_ns, event->channel.start_ns);
    ++channel.begun;
    ear.last_told = std::chrono::steady_clock::now();
    *handle = &channel;
  }
  return 0;
}

int stop_event(void* /*handle*/) { return 0; }

/// `handle` is that of a channel: nothing else gets one.
int record_state(void* handle, int state, void* arguments) {
  if (handle != nullptr && arguments != nullptr && state == kNcclChannelStops) {
    const std::lock_guard lock(ear.mutex);
    auto& channel = *static_cast<Ear::Channel*>(handle);
    channel.stop_ns = std::max(channel.stop_ns, static_cast<const NcclChannelStop*>(arguments)->stop_ns);
    ++channel.ended;
    ear.last_told = std::chrono::steady_clock::now();
  }
  return 0;
}

/// No channel is still at work, and none has told anything for `quiet`.
bool all_is_told(std::chrono::milliseconds quiet) {
  const std::lock_guard lock(ear.mutex);
  const auto is_at_work = [](const Ear::Channel& one) { return one.begun != one.ended; };
  return std::ranges::none_of(ear.channels, is_at_work) && std::chrono::steady_clock::now() - ear.last_told > quiet;
}

/// A pointer of NCCL's that may be gone with its library is not kept.
int finalize(void* /*context*/) {
  const std::lock_guard lock(ear.mutex);
  ear.activation = nullptr;
  return 0;
}

}  // namespace

NcclListening::NcclListening(int events) {
  const std::lock_guard lock(ear.mutex);
  ear.heard = {};
  ear.channels.fill({});
  ear.last_told = std::chrono::steady_clock::now();
  listen_to(events);
}

NcclListening::~NcclListening() {
  const std::lock_guard lock(ear.mutex);
  listen_to(0);
}

Method NcclListening::heard() {
  const std::lock_guard lock(ear.mutex);
  return ear.heard;
}

std::vector<ChannelTime> NcclListening::channels(std::chrono::milliseconds quiet, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!all_is_told(quiet) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::lock_guard lock(ear.mutex);
  std::vector<ChannelTime> times;
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (const auto& one : ear.channels) {
    first = one.begun > 0 ? std::min(first, one.start_ns) : first;
  }
  for (std::size_t number = 0; number < ear.channels.size(); ++number) {
    const auto& one = ear.channels[number];
    if (one.begun > 0 && one.begun == one.ended) {
      times.push_back({static_cast<int>(number), static_cast<std::int64_t>(one.start_ns - first),
                       static_cast<std::int64_t>(one.stop_ns - first)});
    }
  }
  return times;
}

}  // namespace plumb::bench

extern "C" const plumb::bench::NcclProfilerTable ncclProfiler_v5 = {.name = "plumbline",
                                                                    .init = plumb::bench::init,
                                                                    .start_event = plumb::bench::start_event,
                                                                    .stop_event = plumb::bench::stop_event,
                                                                    .record_state = plumb::bench::record_state,
                                                                    .finalize = plumb::bench::finalize};
