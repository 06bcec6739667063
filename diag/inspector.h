// NCCL's inspector (its profiler plugin of that name) writes one JSON object a collective and rank, a file a process.
// What it says of times is kept as a histogram a rank and shape of collective: memory grows with ranks, not with files.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diag/nccl_checks.h"

namespace plumb::diag {

/// Times in microseconds, to 2 %.
class TimeHistogram {
 public:
  void add(double microseconds);
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Needs one time.
  [[nodiscard]] double median() const;

 private:
  struct Bucket {
    std::uint16_t number;
    std::uint32_t count;
  };
  std::vector<Bucket> buckets_;  // by number, those that have a time
  std::uint32_t count_ = 0;
};

/// Collectives that cost the same: kind, bytes and how the time was taken.
struct CollectiveShape {
  std::string_view collective, source;
  std::int64_t bytes = 0;
  auto operator<=>(const CollectiveShape&) const = default;
};

struct InspectedRank {
  std::string_view host;
  std::int64_t pid = 0;
  Place place;  // of its first record
};

struct InspectedCommunicator {
  static constexpr std::size_t kShapes = 32;  // the first; collectives of others are counted
  int ranks = 0, nodes = 0;
  tsl::robin_map<int, InspectedRank> members;
  std::map<CollectiveShape, tsl::robin_map<int, TimeHistogram>> times;
};

class InspectorReader {
 public:
  InspectorReader();
  ~InspectorReader();
  InspectorReader(const InspectorReader&) = delete;
  InspectorReader& operator=(const InspectorReader&) = delete;

  void begin_file(const std::string& name);
  /// A line is one object. What is none is counted; a job that was killed leaves half of one.
  void add_line(std::string_view line, std::uint64_t number);
  /// Throws Error, naming file and line, when the file had lines and none was a record.
  void end_file() const;

  [[nodiscard]] const std::map<std::string_view, InspectedCommunicator>& communicators() const {
    return communicators_;
  }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t broken() const { return broken_; }
  [[nodiscard]] std::uint64_t uncounted() const { return uncounted_; }
  [[nodiscard]] std::string where(Place place) const;

 private:
  struct Parser;
  struct Record;
  bool read(std::string_view line);
  void add(const Record& record);

  std::unique_ptr<Parser> parser_;
  Words words_;
  std::vector<std::string> files_;
  Place here_;
  std::map<std::string_view, InspectedCommunicator> communicators_;
  std::uint64_t records_ = 0, broken_ = 0, uncounted_ = 0, file_records_ = 0, file_broken_ = 0;
};

/// Ranks that come late to their collectives, and communicators slower than their likes. `facts` may know which GPU a
/// process has.
void check_inspected(const InspectorReader& inspected, const NcclFacts& facts, NcclChecks& checks);

}  // namespace plumb::diag
