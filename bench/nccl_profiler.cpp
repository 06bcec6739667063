#include "bench/nccl_profiler.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <mutex>

namespace plumb::bench {
namespace {

/// NCCL calls from threads of its own, and hands no more of ours through than a pointer: so there is one for the
/// process.
struct Ear {
  std::mutex mutex;
  int* activation = nullptr;  // NCCL's; it reads the events that it is to tell of from there
  Method heard;
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

/// No handle: nothing more is told of the event.
int start_event(void* /*context*/, void** handle, const NcclProfilerEvent* event) {
  *handle = nullptr;
  if (event->type == kNcclProfileCollective) {
    const auto& told = event->collective;
    const std::lock_guard lock(ear.mutex);
    ear.heard = {lower(told.algorithm), told.protocol == nullptr ? "" : told.protocol, told.channels};
  }
  return 0;
}

int stop_event(void* /*handle*/) { return 0; }
int record_state(void* /*handle*/, int /*state*/, void* /*arguments*/) { return 0; }

/// A pointer of NCCL's that may be gone with its library is not kept.
int finalize(void* /*context*/) {
  const std::lock_guard lock(ear.mutex);
  ear.activation = nullptr;
  return 0;
}

}  // namespace

NcclListening::NcclListening() {
  const std::lock_guard lock(ear.mutex);
  ear.heard = {};
  listen_to(kNcclProfileCollective);
}

NcclListening::~NcclListening() {
  const std::lock_guard lock(ear.mutex);
  listen_to(0);
}

Method NcclListening::heard() {
  const std::lock_guard lock(ear.mutex);
  return ear.heard;
}

}  // namespace plumb::bench

extern "C" const plumb::bench::NcclProfilerTable ncclProfiler_v5 = {.name = "plumbline",
                                                                    .init = plumb::bench::init,
                                                                    .start_event = plumb::bench::start_event,
                                                                    .stop_event = plumb::bench::stop_event,
                                                                    .record_state = plumb::bench::record_state,
                                                                    .finalize = plumb::bench::finalize};
