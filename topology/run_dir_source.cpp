#include <fmt/format.h>

#include "core/read_ahead.h"
#include "core/run_dir.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

void add_row(const core::CheckRow& row, GraphBuilder& builder) { builder.remark(row); }
template <class Row>
void add_row(const Row& row, GraphBuilder& builder) {
  builder.add(row);
}

class RunDirSource : public Source {
 public:
  RunDirSource(const std::string& dir, RunDirTells tells) : dir_(core::RunDir::open(dir)), tells_(tells) {}
  [[nodiscard]] std::string name() const override { return "run"; }

  void add_to(GraphBuilder& builder) override {
    builder.expect(lines_of(core::NodeRow::kTable), lines_of(core::LinkRow::kTable));
    add_rows<core::NodeView>(core::NodeRow::kTable, builder);
    add_rows<core::LinkView>(core::LinkRow::kTable, builder);
    if (tells_ == RunDirTells::everything) {
      add_rows<core::CheckRow>(kRemarkTable, builder);
      add_rows<core::PortRow>(core::PortRow::kTable, builder);
    }
  }

 private:
  [[nodiscard]] std::size_t lines_of(std::string_view table) const {
    std::size_t lines = 0;
    for (const auto& file : dir_.tables(table)) {
      lines += core::about_lines(file);
    }
    return lines;
  }

  template <class Row>
  void add_rows(std::string_view table, GraphBuilder& builder) {
    const auto tail = dir_.complete() ? core::TruncatedTail::refuse : core::TruncatedTail::drop;
    for (const auto& file : dir_.tables(table)) {
      const auto add = [&](const Row& row, unsigned line) {
        try {
          add_row(row, builder);
        } catch (const core::Error& error) {
          throw core::Error(fmt::format("{}:{}: {}", file.string(), line, error.what()));
        }
      };
      core::for_each_row_ahead<Row>(file, tail, add);
    }
  }

  core::RunDir dir_;
  RunDirTells tells_;
};

}  // namespace

std::unique_ptr<Source> run_dir_source(const std::string& dir, RunDirTells tells) {
  return std::make_unique<RunDirSource>(dir, tells);
}

}  // namespace plumb::topology
