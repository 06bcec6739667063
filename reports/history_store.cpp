#include "reports/history_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "core/error.h"
#include "reports/history_guard.h"
#include "reports/history_schema.h"

namespace plumb::reports {
namespace {

constexpr int kWait_ms = 60'000;
// Suspects of what a part can be to blame for.
const std::string kBlamed =
    fmt::format(" AND kind NOT IN ('config', 'regression') AND posterior >= {}", core::kSuspectFrom);

std::string_view bytes_of(const SQLite::Column& column) {
  const auto* const data = static_cast<const char*>(column.getBlob());
  return {data == nullptr ? "" : data, static_cast<std::size_t>(column.getBytes())};
}

[[noreturn]] void throw_damaged(const std::filesystem::path& path) {
  throw core::Error(
      fmt::format("{}: a page of this history has a wrong size; restore the file from a copy", path.string()));
}

/// The pages of one run, one after the other; pages that are not there are empty.
template <class Number>
std::vector<Number> unpacked(SQLite::Statement& pages, const std::filesystem::path& path) {
  std::vector<Number> numbers;
  while (pages.executeStep()) {
    const auto first = static_cast<std::size_t>(pages.getColumn(0).getInt64()) * kPartsInPage;
    numbers.resize(std::max(numbers.size(), first));
    if (!unpack(bytes_of(pages.getColumn(1)), numbers)) {
      throw_damaged(path);
    }
  }
  return numbers;
}

Flag flag_of(SQLite::Statement& row) {
  const auto text = [&](int column) { return row.getColumn(column).getString(); };
  return {text(0), text(1), text(2), text(3), text(4), text(5), text(6), row.getColumn(7).getDouble()};
}

std::vector<Flag> flags_where(const SQLite::Database& database, const char* column, const std::string& value,
                              const std::string& also = "") {
  SQLite::Statement rows(database,
                         fmt::format("SELECT start_utc, name, severity, kind, title, component, serial, "
                                     "posterior FROM suspect JOIN run ON run.id = suspect.run JOIN finding ON "
                                     "finding.run = suspect.run AND finding.number = suspect.finding "
                                     "WHERE {} = ? AND severity <> 'info'{} ORDER BY start_utc, name, number",
                                     column, also));
  rows.bind(1, value);
  std::vector<Flag> flags;
  while (rows.executeStep()) {
    flags.push_back(flag_of(rows));
  }
  return flags;
}

std::vector<std::string> texts(const SQLite::Database& database, const char* query) {
  SQLite::Statement rows(database, query);
  std::vector<std::string> found;
  while (rows.executeStep()) {
    found.push_back(rows.getColumn(0).getString());
  }
  return found;
}

}  // namespace

HistoryStore::HistoryStore(std::filesystem::path path, Mode mode) : path_(std::move(path)) {
  if (mode == Mode::read && !std::filesystem::exists(path_)) {
    throw core::Error(fmt::format("{}: there is no such history; plumb-report RUN_DIR --history {} begins one",
                                  path_.string(), path_.string()));
  }
  guarded(path_, [&] { prepare(mode); });
}

HistoryStore::~HistoryStore() = default;

void HistoryStore::prepare(Mode mode) {
  // Readers may write as well: the first who comes after a crash takes back what was not finished.
  const int create = mode == Mode::add ? SQLite::OPEN_CREATE : 0;
  database_ = std::make_unique<SQLite::Database>(path_.string(), SQLite::OPEN_READWRITE | create, kWait_ms);
  if (mode == Mode::add && database_->execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) {
    database_->exec("PRAGMA page_size = 16384");
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    if (database_->execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) {  // nobody was faster
      database_->exec(kHistoryTables);
      database_->exec(fmt::format("PRAGMA application_id = {}", kHistoryId));
      database_->exec(fmt::format("PRAGMA user_version = {}", kHistorySchema));
    }
    transaction.commit();
  }
  if (database_->execAndGet("PRAGMA application_id").getInt() != kHistoryId) {
    throw core::Error(fmt::format("{}: this is an SQLite file, but no history of plumb-report", path_.string()));
  }
  if (const int schema = database_->execAndGet("PRAGMA user_version").getInt(); schema > kHistorySchema) {
    throw core::Error(fmt::format("{}: schema {} is newer than this program's {}; update plumbline", path_.string(),
                                  schema, kHistorySchema));
  }
}

std::vector<RunRecord> HistoryStore::runs() const {
  return guarded(path_, [&] {
    SQLite::Statement rows(*database_,
                           "SELECT id, start_utc, name, verdict, summary, parts, (SELECT count(*) FROM finding WHERE "
                           "finding.run = run.id AND severity <> 'info') FROM run ORDER BY start_utc, name");
    std::vector<RunRecord> runs;
    while (rows.executeStep()) {
      const auto text = [&](int column) { return rows.getColumn(column).getString(); };
      runs.push_back({rows.getColumn(0).getInt64(), text(1), text(2), text(3), text(4), rows.getColumn(5).getInt64(),
                      rows.getColumn(6).getInt64()});
    }
    return runs;
  });
}

std::map<std::string, std::string> HistoryStore::facts(std::int64_t run) const {
  return guarded(path_, [&] {
    SQLite::Statement rows(*database_, "SELECT name, value FROM fact WHERE run = ?");
    rows.bind(1, run);
    std::map<std::string, std::string> facts;
    while (rows.executeStep()) {
      facts.emplace(rows.getColumn(0).getString(), rows.getColumn(1).getString());
    }
    return facts;
  });
}

Anchors HistoryStore::anchors() const {
  return guarded(path_, [&] {
    SQLite::Statement rows(*database_, "SELECT class, rate FROM anchor");
    Anchors anchors;
    while (rows.executeStep()) {
      anchors.emplace(rows.getColumn(0).getString(), rows.getColumn(1).getDouble());
    }
    return anchors;
  });
}

std::unordered_map<std::string, std::uint32_t> HistoryStore::parts() const {
  return guarded(path_, [&] {
    SQLite::Statement rows(*database_, "SELECT component, id FROM part");
    std::unordered_map<std::string, std::uint32_t> parts;
    while (rows.executeStep()) {
      parts.emplace(rows.getColumn(0).getString(), rows.getColumn(1).getUInt());
    }
    return parts;
  });
}

std::vector<std::string> HistoryStore::questions() const {
  return guarded(path_, [&] { return texts(*database_, "SELECT text FROM question ORDER BY id"); });
}

std::vector<StoredValue> HistoryStore::values(std::int64_t run, const std::string& question) const {
  return guarded(path_, [&] {
    SQLite::Statement pages(*database_,
                            "SELECT number, data FROM page WHERE run = ? AND question = (SELECT id FROM question WHERE "
                            "text = ?) ORDER BY number");
    pages.bind(1, run);
    pages.bind(2, question);
    return unpacked<StoredValue>(pages, path_);
  });
}

std::vector<std::string> HistoryStore::version_texts() const {
  return guarded(path_, [&] { return texts(*database_, "SELECT text FROM version ORDER BY id"); });
}

std::vector<std::uint16_t> HistoryStore::versions(std::int64_t run) const {
  return guarded(path_, [&] {
    SQLite::Statement pages(*database_, "SELECT number, data FROM page WHERE run = ? AND question = 0 ORDER BY number");
    pages.bind(1, run);
    return unpacked<std::uint16_t>(pages, path_);
  });
}

std::vector<std::uint32_t> HistoryStore::parts_of(const std::string& name) const {
  return guarded(path_, [&] {
    SQLite::Statement rows(*database_,
                           "SELECT id FROM part WHERE component = ?1 UNION SELECT part FROM belongs WHERE name = ?1");
    rows.bind(1, name);
    std::vector<std::uint32_t> parts;
    while (rows.executeStep()) {
      parts.push_back(rows.getColumn(0).getUInt());
    }
    return parts;
  });
}

std::map<std::int64_t, std::vector<StoredValue>> HistoryStore::lives(const std::vector<std::uint32_t>& parts,
                                                                     const std::string& question,
                                                                     const std::string& from) const {
  std::map<std::uint32_t, std::vector<std::size_t>> places;  // by page
  for (const auto part : parts) {
    places[part / kPartsInPage].push_back(part % kPartsInPage);
  }
  return guarded(path_, [&] {
    SQLite::Statement pages(
        *database_,
        "SELECT page.run, data FROM run JOIN page ON page.run = run.id AND number = ?1 AND question "
        "= (SELECT id FROM question WHERE text = ?2) WHERE start_utc >= ?3");
    std::map<std::int64_t, std::vector<StoredValue>> lives;
    for (const auto& [number, at] : places) {
      pages.reset();
      pages.bind(1, number);
      pages.bind(2, question);
      pages.bind(3, from);
      while (pages.executeStep()) {
        std::vector<StoredValue> values;
        if (!unpack(bytes_of(pages.getColumn(1)), values)) {
          throw_damaged(path_);
        }
        for (const auto place : at) {
          if (place < values.size() && values[place].is_measured()) {
            lives[pages.getColumn(0).getInt64()].push_back(values[place]);
          }
        }
      }
    }
    return lives;
  });
}

std::vector<Flag> HistoryStore::flags_of_component(const std::string& component) const {
  return guarded(path_, [&] { return flags_where(*database_, "component", component); });
}

std::vector<Flag> HistoryStore::flags_of_serial(const std::string& serial) const {
  return guarded(path_,
                 [&] { return serial.empty() ? std::vector<Flag>() : flags_where(*database_, "serial", serial); });
}

std::vector<Flag> HistoryStore::flags_of(const Offender& offender) const {
  return guarded(path_, [&] {
    return offender.serial.empty() ? flags_where(*database_, "component", offender.component, kBlamed)
                                   : flags_where(*database_, "serial", offender.serial, kBlamed);
  });
}

std::vector<Offender> HistoryStore::repeat_offenders(std::int64_t runs, std::size_t most, const Span& span) const {
  return guarded(path_, [&] {
    SQLite::Statement rows(
        *database_,
        fmt::format(
            "WITH flag AS (SELECT suspect.run AS run, component, serial, row_number() OVER (PARTITION BY suspect.run, "
            "finding ORDER BY posterior DESC, suspect.rowid) AS place FROM suspect JOIN run ON run.id = suspect.run "
            "JOIN finding ON finding.run = suspect.run AND finding.number = suspect.finding WHERE severity <> 'info'{} "
            "AND start_utc BETWEEN ?3 AND ?4) SELECT serial, CASE serial WHEN '' THEN component ELSE '' END AS of FROM "
            "flag WHERE serial <> '' OR place = 1 GROUP BY serial, of HAVING count(DISTINCT run) >= ?1 ORDER BY "
            "count(DISTINCT run) DESC, serial = '', serial, of LIMIT ?2",
            kBlamed));
    rows.bind(1, runs);
    rows.bind(2, static_cast<std::int64_t>(most));
    rows.bind(3, span.from);
    rows.bind(4, span.to);
    std::vector<Offender> offenders;
    while (rows.executeStep()) {
      offenders.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString()});
    }
    return offenders;
  });
}

}  // namespace plumb::reports
