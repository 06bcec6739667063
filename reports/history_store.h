// The file that remembers runs: SQLite, one file, a rollback journal (which works on network file systems, too).
// Everything of a run is added in one transaction: who kills plumb-report loses neither history nor run.
#pragma once

#include <filesystem>
#include <memory>
#include <unordered_map>

#include "core/finding.h"
#include "reports/history_pages.h"
#include "reports/part_summary.h"

namespace SQLite {
class Database;
}

namespace plumb::reports {

struct RunRecord {
  std::int64_t id = 0;
  std::string start_utc, name, verdict, summary;
  std::int64_t parts = 0, findings = 0;  // measured; failing or warning
};

/// A part that a run suspected.
struct Flag {
  std::string start_utc, run, severity, kind, title, component, serial;
  double posterior = 0;
};

/// Runs by their start, "2026-11-25T01:00:00Z"; both ends belong to it.
struct Span {
  std::string from, to = "9999";
};

/// A part that was flagged again and again: by its serial number in whatever place, or by its place.
struct Offender {
  std::string serial, component;  // one of them is empty
  friend bool operator==(const Offender&, const Offender&) = default;
};

/// By component: its serial number; empty where nobody knows.
using Serials = std::unordered_map<std::string, std::string>;

/// All methods throw Error naming the file. Another plumb-report that adds is waited for, 60 s.
class HistoryStore {
 public:
  /// Writers create a file that is not there; readers refuse.
  enum class Mode : std::uint8_t { read, add };
  HistoryStore(std::filesystem::path path, Mode mode);
  ~HistoryStore();
  HistoryStore(const HistoryStore&) = delete;
  HistoryStore& operator=(const HistoryStore&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// In order of start, then name.
  [[nodiscard]] std::vector<RunRecord> runs() const;
  [[nodiscard]] std::map<std::string, std::string> facts(std::int64_t run) const;
  [[nodiscard]] Anchors anchors() const;
  /// Numbers of parts by component; they count from 0.
  [[nodiscard]] std::unordered_map<std::string, std::uint32_t> parts() const;
  [[nodiscard]] std::vector<std::string> questions() const;
  /// The answers to a question in a run, by number of the part; shorter when the last were not measured.
  [[nodiscard]] std::vector<StoredValue> values(std::int64_t run, const std::string& question) const;
  /// Versions of the parts in a run, by number of the part.
  [[nodiscard]] std::vector<std::string> version_texts() const;
  [[nodiscard]] std::vector<std::uint16_t> versions(std::int64_t run) const;  // of version_texts()
  /// Parts that are, or belong to (a host, a leaf), or are measured together with the one named.
  [[nodiscard]] std::vector<std::uint32_t> parts_of(const std::string& name) const;
  /// The answers of some parts, by run id, from runs that started at `from` or later; those that were measured, in no
  /// order.
  [[nodiscard]] std::map<std::int64_t, std::vector<StoredValue>> lives(const std::vector<std::uint32_t>& parts,
                                                                       const std::string& question,
                                                                       const std::string& from = "") const;
  /// Earlier flags of a part or of a serial number, in order of start.
  [[nodiscard]] std::vector<Flag> flags_of_component(const std::string& component) const;
  [[nodiscard]] std::vector<Flag> flags_of_serial(const std::string& serial) const;
  [[nodiscard]] std::vector<Flag> flags_of(const Offender& offender) const;
  /// Serial numbers that at least so many runs suspected (kSuspectFrom), those of most runs first; at most `most`. What
  /// has no serial number counts by its place, where it was the likeliest. Not for settings and shifts of all: no part
  /// is to blame for those.
  [[nodiscard]] std::vector<Offender> repeat_offenders(std::int64_t runs, std::size_t most,
                                                       const Span& span = {}) const;

  /// Adds the run, or replaces the one of the same name and start.
  void add(const RunSummary& run, const Anchors& anchors, const core::Verdict& verdict, const Serials& serials);

 private:
  void prepare(Mode mode);

  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace plumb::reports
