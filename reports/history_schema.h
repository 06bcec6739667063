// The tables of a history file. docs/run-directory.md explains them.
#pragma once

namespace plumb::reports {

inline constexpr int kHistoryId = 0x506c6d62;  // application_id: "Plmb"
inline constexpr int kHistorySchema = 1;       // user_version

inline constexpr const char* kHistoryTables = R"sql(
CREATE TABLE run(id INTEGER PRIMARY KEY, start_utc TEXT NOT NULL, name TEXT NOT NULL, verdict TEXT NOT NULL,
                 summary TEXT NOT NULL, parts INTEGER NOT NULL, UNIQUE(start_utc, name));
CREATE TABLE fact(run INTEGER, name TEXT, value TEXT NOT NULL, PRIMARY KEY(run, name)) WITHOUT ROWID;
CREATE TABLE part(id INTEGER PRIMARY KEY, component TEXT NOT NULL UNIQUE, belongs_hash INTEGER NOT NULL);
CREATE TABLE belongs(name TEXT, part INTEGER, PRIMARY KEY(name, part)) WITHOUT ROWID;
CREATE TABLE question(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE version(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE anchor(class TEXT PRIMARY KEY, rate REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE page(run INTEGER, question INTEGER, number INTEGER, data BLOB NOT NULL);
CREATE UNIQUE INDEX page_of_run ON page(run, question, number);
CREATE TABLE finding(run INTEGER, number INTEGER, severity TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
                     slowdown REAL, PRIMARY KEY(run, number)) WITHOUT ROWID;
CREATE TABLE suspect(run INTEGER, finding INTEGER, component TEXT NOT NULL, serial TEXT NOT NULL,
                     posterior REAL NOT NULL);
CREATE INDEX suspect_of_run ON suspect(run);
CREATE INDEX suspect_component ON suspect(component);
CREATE INDEX suspect_serial ON suspect(serial) WHERE serial <> '';
)sql";

}  // namespace plumb::reports
