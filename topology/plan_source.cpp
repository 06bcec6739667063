#include <fmt/format.h>

#include "core/error.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

/// What a file tells, whatever its format: nobody has seen it.
class PlanSource : public Source {
 public:
  explicit PlanSource(std::string file) : file_(std::move(file)) {}
  [[nodiscard]] std::string name() const override { return std::string(kPlanned); }

  void add_to(GraphBuilder& builder) override {
    GraphBuilder own;
    file_source(file_)->add_to(own);
    const auto graph = std::move(own).seal(Roles::told);
    for (auto row : graph.rows()) {
      row.source = kPlanned;
      builder.add(row);
    }
    for (auto row : graph.link_rows()) {
      row.source = kPlanned;
      if (const auto refusal = builder.add(row); !refusal.empty()) {
        throw core::Error(fmt::format("{}: {}", file_, refusal));
      }
    }
    for (const auto& remark : graph.remarks()) {
      builder.remark(remark);
    }
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Source> plan_source(const std::string& file) { return std::make_unique<PlanSource>(file); }

Graph seen_of(const Graph& graph, Roles roles) {
  GraphBuilder builder;
  for (const auto& row : graph.rows()) {
    if (row.source != kPlanned) {
      builder.add(row);
    }
  }
  for (const auto& row : graph.link_rows()) {
    if (row.source != kPlanned) {
      builder.add(row);
    }
  }
  for (const auto& remark : graph.remarks()) {
    builder.remark(remark);
  }
  for (const auto& row : graph.port_rows()) {
    builder.add(row);
  }
  return std::move(builder).seal(roles);
}

}  // namespace plumb::topology
