#include <fmt/format.h>

#include <fstream>

#include "core/csv_reader.h"
#include "core/error.h"
#include "core/run_dir.h"
#include "core/text.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

std::string id_of(const core::NodeRow& row) { return row.id; }
std::string id_of(const core::LinkRow& row) { return link_id(row); }

/// Errors name the line that they came from.
template <class Row>
void add_rows(const std::filesystem::path& file, core::TruncatedTail tail, const std::string& source,
              GraphBuilder& builder) {
  std::unordered_map<std::string, unsigned> line_of;
  core::for_each_row<Row>(file, tail, [&](const Row& row, unsigned line) {
    Row added = row;
    if (added.source.empty()) {
      added.source = source;
    }
    try {
      if (const auto [at, is_new] = line_of.emplace(id_of(row), line); !is_new) {
        throw core::Error(
            fmt::format("repeats {} of line {}; parallel cables need ports", core::printable(at->first), at->second));
      }
      builder.add(std::move(added));
    } catch (const core::Error& error) {
      throw core::Error(fmt::format("{}:{}: {}", file.string(), line, error.what()));
    }
  });
}

std::string first_line(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) {
    throw core::Error(fmt::format("{}: cannot be read, or is empty", file));
  }
  std::erase_if(line, [](char c) { return c == '"' || c == ' ' || c == '\r'; });
  return "," + line + ",";
}

class PlanSource : public Source {
 public:
  explicit PlanSource(std::string file) : file_(std::move(file)) {}
  [[nodiscard]] std::string name() const override { return "plan"; }

  void add_to(GraphBuilder& builder) override {
    const auto header = first_line(file_);
    if (header.find(",a,") != std::string::npos) {
      add_rows<core::LinkRow>(file_, core::TruncatedTail::refuse, name(), builder);
    } else if (header.find(",id,") != std::string::npos) {
      add_rows<core::NodeRow>(file_, core::TruncatedTail::refuse, name(), builder);
    } else {
      throw core::Error(
          fmt::format("{}:1: has neither the columns of links.csv (kind,a,a_port,b,b_port,rate_Bps) nor "
                      "those of nodes.csv (id,kind,…)",
                      file_));
    }
  }

 private:
  std::string file_;
};

class RunDirSource : public Source {
 public:
  explicit RunDirSource(const std::string& dir) : dir_(core::RunDir::open(dir)) {}
  [[nodiscard]] std::string name() const override { return "run"; }

  void add_to(GraphBuilder& builder) override {
    const auto tail = dir_.complete() ? core::TruncatedTail::refuse : core::TruncatedTail::drop;
    for (const auto& file : dir_.tables(core::NodeRow::kTable)) {
      add_rows<core::NodeRow>(file, tail, name(), builder);
    }
    for (const auto& file : dir_.tables(core::LinkRow::kTable)) {
      add_rows<core::LinkRow>(file, tail, name(), builder);
    }
  }

 private:
  core::RunDir dir_;
};

}  // namespace

std::unique_ptr<Source> plan_source(const std::string& file) { return std::make_unique<PlanSource>(file); }
std::unique_ptr<Source> run_dir_source(const std::string& dir) { return std::make_unique<RunDirSource>(dir); }

}  // namespace plumb::topology
