// NCCL tells a profiler what it makes of each collective. From 2.28 on it looks for one in this very program when
// NCCL_PROFILER_PLUGIN is STATIC_PLUGIN, by the name ncclProfiler_v5. Ours listens to single calls that nobody times;
// in all others nothing is told.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/method.h"

namespace plumb::bench {

inline constexpr const char* kProfilerVariable = "NCCL_PROFILER_PLUGIN";
inline constexpr const char* kProfilerInProgram = "STATIC_PLUGIN";

inline constexpr int kNcclProfileCollective = 1 << 1, kNcclProfileChannel = 1 << 6;
inline constexpr int kNcclChannelStops = 22;  // ncclProfilerKernelChStop

/// While it lives, NCCL tells of what this process enqueues. One at a time.
class NcclListening {
 public:
  /// `events`: of each collective, or of each channel of its kernel.
  explicit NcclListening(int events);
  ~NcclListening();
  NcclListening(const NcclListening&) = delete;
  NcclListening& operator=(const NcclListening&) = delete;

  /// Of the last collective that was enqueued; empty: of none, or NCCL has not taken us as its profiler.
  [[nodiscard]] static Method heard();
  /// Of what has been enqueued and is complete. NCCL tells of it late, from a thread of its own: waits until it has
  /// told nothing for a while, or until it is overdue. Sorted; empty: it tells nothing.
  [[nodiscard]] static std::vector<ChannelTime> channels(
      std::chrono::milliseconds quiet = std::chrono::milliseconds(20),
      std::chrono::milliseconds limit = std::chrono::seconds(1));
};

/// ncclProfilerEventDescr_v5_t, as far as it tells of a collective or of a channel.
struct NcclProfilerEvent {
  struct Collective {
    std::uint64_t number;
    const char* function;
    const void* send;
    void* receive;
    std::size_t count;
    int root;
    const char* datatype;
    std::uint8_t channels, warps;
    const char *algorithm, *protocol;
    void* group;
  };
  struct Channel {
    std::uint8_t number;
    std::uint64_t start_ns;  // of the GPU's globaltimer
  };
  std::uint64_t type;
  void* parent;
  int rank;
  union {
    Collective collective;
    Channel channel;
  };
};
/// ncclProfilerEventStateArgs_v5_t of kNcclChannelStops.
struct NcclChannelStop {
  std::uint64_t stop_ns;
};

/// ncclProfiler_v5_t.
struct NcclProfilerTable {
  const char* name;
  int (*init)(void** context, std::uint64_t id, int* activation, const char* comm_name, int nodes, int ranks, int rank,
              void* log);
  int (*start_event)(void* context, void** handle, const NcclProfilerEvent* event);
  int (*stop_event)(void* handle);
  int (*record_state)(void* handle, int state, void* arguments);
  int (*finalize)(void* context);
};

}  // namespace plumb::bench

/// Found by NCCL.
extern "C" const plumb::bench::NcclProfilerTable ncclProfiler_v5;
