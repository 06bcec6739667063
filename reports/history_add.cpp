// Adding a run to the history, in one transaction.
#include <SQLiteCpp/SQLiteCpp.h>

#include "reports/history_guard.h"
#include "reports/history_store.h"

namespace plumb::reports {
namespace {

/// FNV-1a over the names with a line break each: tells whether what a part belongs to has changed.
std::int64_t hash_of(const std::vector<std::string>& names) {
  std::uint64_t hash = 14695981039346656037U;
  for (const auto& name : names) {
    for (const char c : name + "\n") {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
  }
  return static_cast<std::int64_t>(hash);
}

std::vector<std::string> owners_of(const MeasuredPart& part) {
  auto names = part.also;
  for (const auto* name : {&part.host, &part.leaf}) {
    if (!name->empty() && *name != part.component) {
      names.push_back(*name);
    }
  }
  return names;
}

/// Numbers of texts in a table of (id, text), those that are new included. Ids count from 0.
class Numbers {
 public:
  Numbers(SQLite::Database& database, const char* table)
      : insert_(database, fmt::format("INSERT INTO {}(id, text) VALUES(?, ?)", table)) {
    SQLite::Statement rows(database, fmt::format("SELECT text, id FROM {}", table));
    while (rows.executeStep()) {
      known_.emplace(rows.getColumn(0).getString(), rows.getColumn(1).getUInt());
    }
  }

  std::uint32_t of(const std::string& text, std::uint32_t first = 0) {
    const auto [found, is_new] = known_.emplace(text, first + static_cast<std::uint32_t>(known_.size()));
    if (is_new) {
      insert_.bind(1, found->second);
      insert_.bind(2, text);
      insert_.exec();
      insert_.reset();
    }
    return found->second;
  }

 private:
  SQLite::Statement insert_;
  std::unordered_map<std::string, std::uint32_t> known_;
};

class RunWriter {
 public:
  RunWriter(SQLite::Database& database, const RunSummary& run) : database_(database), run_(run) {}

  void write(const Anchors& anchors, const core::Verdict& verdict, const Serials& serials) {
    forget();
    write_run(verdict);
    write_facts();
    write_anchors(anchors);
    number_parts();
    write_versions();
    write_values();
    write_findings(verdict, serials);
  }

 private:
  /// What is there of this run already.
  void forget() {
    SQLite::Statement known(database_, "SELECT id FROM run WHERE start_utc = ? AND name = ?");
    known.bind(1, run_.start_utc);
    known.bind(2, run_.name);
    if (!known.executeStep()) {
      id_ = database_.execAndGet("SELECT coalesce(max(id), 0) + 1 FROM run").getInt64();
      return;
    }
    id_ = known.getColumn(0).getInt64();
    known.reset();
    database_.exec(
        fmt::format("DELETE FROM run WHERE id = {0}; DELETE FROM fact WHERE run = {0}; DELETE FROM page WHERE "
                    "run = {0}; DELETE FROM finding WHERE run = {0}; DELETE FROM suspect WHERE run = {0}",
                    id_));
  }

  void write_run(const core::Verdict& verdict) {
    SQLite::Statement insert(database_, "INSERT INTO run VALUES(?, ?, ?, ?, ?, ?)");
    insert.bind(1, id_);
    insert.bind(2, run_.start_utc);
    insert.bind(3, run_.name);
    insert.bind(4, std::string(name_of(verdict.kind)));
    insert.bind(5, verdict.summary);
    insert.bind(6, static_cast<std::int64_t>(run_.parts.size()));
    insert.exec();
  }

  void write_facts() {
    SQLite::Statement insert(database_, "INSERT INTO fact VALUES(?, ?, ?)");
    for (const auto& [name, value] : run_.facts) {
      insert.bind(1, id_);
      insert.bind(2, name);
      insert.bind(3, value);
      insert.exec();
      insert.reset();
    }
  }

  void write_anchors(const Anchors& anchors) {
    SQLite::Statement insert(database_, "INSERT OR IGNORE INTO anchor VALUES(?, ?)");
    for (const auto& [name, rate] : anchors) {
      insert.bind(1, name);
      insert.bind(2, rate);
      insert.exec();
      insert.reset();
    }
  }

  void number_parts() {
    struct Known {
      std::uint32_t number;
      std::int64_t belongs_hash;
    };
    std::unordered_map<std::string, Known> known;
    SQLite::Statement rows(database_, "SELECT component, id, belongs_hash FROM part");
    while (rows.executeStep()) {
      known.emplace(rows.getColumn(0).getString(), Known{rows.getColumn(1).getUInt(), rows.getColumn(2).getInt64()});
    }
    SQLite::Statement put(database_, "INSERT OR REPLACE INTO part VALUES(?, ?, ?)");
    for (const auto& part : run_.parts) {
      const auto owners = owners_of(part);
      const auto hash = hash_of(owners);
      const auto [found, is_new] = known.emplace(part.component, Known{static_cast<std::uint32_t>(known.size()), hash});
      number_.push_back(found->second.number);
      if (is_new || found->second.belongs_hash != hash) {
        put.bind(1, found->second.number);
        put.bind(2, part.component);
        put.bind(3, hash);
        put.exec();
        put.reset();
        write_owners(found->second.number, owners);
      }
    }
  }

  /// Earlier owners stay: their lives have this part in them.
  void write_owners(std::uint32_t part, const std::vector<std::string>& owners) {
    if (!belongs_) {
      belongs_.emplace(database_, "INSERT OR IGNORE INTO belongs VALUES(?, ?)");
    }
    for (const auto& owner : owners) {
      belongs_->bind(1, owner);
      belongs_->bind(2, part);
      belongs_->exec();
      belongs_->reset();
    }
  }

  void write_versions() {
    Numbers texts(database_, "version");
    std::vector<std::uint16_t> versions;
    texts.of("");  // 0: nothing known
    for (std::size_t i = 0; i < run_.parts.size(); ++i) {
      versions.resize(std::max<std::size_t>(versions.size(), number_[i] + 1));
      // Beyond 65,535 combinations they say nothing any more.
      const auto number = texts.of(run_.parts[i].versions);
      versions[number_[i]] = static_cast<std::uint16_t>(number <= 0xffff ? number : 0);
    }
    write_pages(0, std::span<const std::uint16_t>(versions));
  }

  void write_values() {
    Numbers questions(database_, "question");
    std::vector<StoredValue> values;
    for (std::size_t i = 0; i < run_.values.size(); ++i) {
      const auto& value = run_.values[i];
      const auto number = number_[value.part];
      values.resize(std::max<std::size_t>(values.size(), number + 1));
      values[number] = stored(value.ratio, value.level, value.rate, value.measurements);
      if (i + 1 == run_.values.size() || run_.values[i + 1].question != value.question) {
        write_pages(questions.of(run_.questions[value.question], 1), std::span<const StoredValue>(values));
        values.clear();
      }
    }
  }

  template <class Number>
  void write_pages(std::uint32_t question, std::span<const Number> numbers) {
    SQLite::Statement insert(database_, "INSERT INTO page VALUES(?, ?, ?, ?)");
    for (std::size_t first = 0; first < numbers.size(); first += kPartsInPage) {
      const auto some = numbers.subspan(first, std::min(kPartsInPage, numbers.size() - first));
      if (std::ranges::count(some, Number{}) == static_cast<std::ptrdiff_t>(some.size())) {
        continue;
      }
      const auto bytes = packed(some);
      insert.bind(1, id_);
      insert.bind(2, question);
      insert.bind(3, static_cast<std::int64_t>(first / kPartsInPage));
      insert.bindNoCopy(4, bytes.data(), static_cast<int>(bytes.size()));
      insert.exec();
      insert.reset();
    }
  }

  void write_findings(const core::Verdict& verdict, const Serials& serials) {
    SQLite::Statement insert(database_, "INSERT INTO finding VALUES(?, ?, ?, ?, ?, ?)");
    for (std::int64_t number = 1; const auto& finding : verdict.findings) {
      insert.bind(1, id_);
      insert.bind(2, number);
      insert.bind(3, std::string(name_of(finding.severity)));
      insert.bind(4, std::string(name_of(finding.kind)));
      insert.bind(5, finding.title);
      finding.slowdown ? insert.bind(6, *finding.slowdown) : insert.bind(6);
      insert.exec();
      insert.reset();
      write_suspects(number++, finding, serials);
    }
  }

  /// The likeliest: of settings that are wrong on thousands of hosts, some.
  void write_suspects(std::int64_t number, const core::Finding& finding, const Serials& serials) {
    constexpr std::size_t kMost = 200;
    SQLite::Statement insert(database_, "INSERT INTO suspect VALUES(?, ?, ?, ?, ?)");
    for (const auto& suspect : std::span(finding.suspects).first(std::min(kMost, finding.suspects.size()))) {
      const auto serial = serials.find(suspect.component);
      insert.bind(1, id_);
      insert.bind(2, number);
      insert.bind(3, suspect.component);
      insert.bind(4, serial == serials.end() ? std::string() : serial->second);
      insert.bind(5, suspect.posterior);
      insert.exec();
      insert.reset();
    }
  }

  SQLite::Database& database_;
  const RunSummary& run_;
  std::int64_t id_ = 0;
  std::vector<std::uint32_t> number_;  // by part of the run
  std::optional<SQLite::Statement> belongs_;
};

}  // namespace

void HistoryStore::add(const RunSummary& run, const Anchors& anchors, const core::Verdict& verdict,
                       const Serials& serials) {
  guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    RunWriter(*database_, run).write(anchors, verdict, serials);
    transaction.commit();
  });
}

}  // namespace plumb::reports
