// What the logs of a job say, gathered line by line: a few hundred bytes a rank, however long the logs are.
#pragma once

#include <tsl/robin_map.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text_pool.h"

namespace plumb::diag {

struct Cause;

/// Of a job: a larger number is a broken line.
inline constexpr int kMostRanks = 1 << 24;

/// A line of a file that was read; line 0 is none.
struct Place {
  std::uint32_t file = 0, line = 0;
};

/// A number for each word, so that what thousands of ranks say alike is kept once.
class Words {
 public:
  using Id = std::uint32_t;
  Id id_of(std::string_view word);
  [[nodiscard]] std::string_view operator[](Id id) const { return words_[id]; }

 private:
  core::TextPool pool_;
  tsl::robin_map<std::string_view, Id> ids_;
  std::vector<std::string_view> words_;
};

/// One statement of a process: "network" is "IB". What it says twice counts once. Names in lower case are ours, others
/// are variables of the environment.
struct Said {
  Words::Id name = 0, value = 0;
  Place place;
};

struct NcclProcess {
  std::string_view host;
  std::int64_t pid = 0;
  std::vector<Said> said;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> communicators;  // by their address in that process
};

/// A CUDA device in a process; of one that has not said its rank yet, `rank` is -1.
struct NcclDevice {
  static constexpr std::size_t kNics = 32;
  static constexpr std::uint8_t kUnknown = 255;
  std::uint32_t process = 0;
  int device = -1, rank = -1, ranks = 0;  // of the largest communicator
  std::uint64_t bus = 0;                  // PCI address without punctuation
  std::uint32_t nics = 0;                 // bits: those that carry its traffic directly, not through another GPU
  std::uint32_t received_direct = 0, received_staged = 0, socket = 0, p2p = 0, shm = 0;  // channels
  Place staged_place, socket_place, shm_place, net_place;
  std::array<std::uint8_t, kNics> distance;  // to each NIC, in NCCL's classes; less is nearer

  NcclDevice() { distance.fill(kUnknown); }
};

struct NcclMember {
  std::uint32_t device = 0;
  Place started, completed;
};

struct NcclCommunicator {
  std::string_view name;
  int ranks = 0, nodes = 0;
  tsl::robin_map<int, NcclMember> members;
};

/// Warnings of one cause on one part.
struct NcclTrouble {
  const Cause* cause = nullptr;
  std::string_view host;
  std::string part;  // a NIC, where the line names it
  std::string text;  // of the first
  std::uint64_t count = 0;
  Place place;
  std::vector<std::uint32_t> devices;  // up to kNamed, distinct
  static constexpr std::size_t kNamed = 8;
};

/// What PyTorch's watchdog said of a rank that waited too long.
struct WatchdogTimeout {
  std::string operation;
  std::int64_t number = 0;
  std::optional<std::int64_t> enqueued, completed;
  Place place;
};

struct NcclFacts {
  std::vector<std::string> files;
  std::uint64_t lines = 0, info_lines = 0, warn_lines = 0;
  Words words;
  std::vector<NcclProcess> processes;
  std::vector<NcclDevice> devices;
  std::vector<NcclCommunicator> communicators;
  std::map<Words::Id, std::uint64_t> ways;           // "P2P/CUMEM": channels
  std::map<std::string, std::uint64_t> algorithms;   // "AllReduce RING LL128": operations
  std::map<std::string, NcclTrouble> troubles;       // by cause, host and part
  std::uint64_t untold = 0;                          // warnings beyond those kept apart
  std::map<std::int64_t, WatchdogTimeout> timeouts;  // by rank
  std::string version;                               // as the first rank prints it without a head; empty when none did

  [[nodiscard]] const Said* find(const NcclProcess& process, std::string_view name);
  [[nodiscard]] std::string where(Place place) const;
};

}  // namespace plumb::diag
