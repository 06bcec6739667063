// A check of a node: a value. It looks at facts and limits and answers with rows; it changes nothing on the machine.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/rows.h"
#include "diag/machine.h"
#include "diag/node_limits.h"

namespace plumb::diag {

/// Rows of one check on one host. `advice` says what to do, and begins with a verb.
class CheckRows {
 public:
  CheckRows(std::string_view check, const Machine& machine, std::vector<core::CheckRow>& rows)
      : check_(check), machine_(machine), rows_(rows) {}

  [[nodiscard]] std::string_view check() const { return check_; }

  void fail(const std::string& subject, const std::string& observed, const std::string& expected,
            const std::string& advice);
  void warn(const std::string& subject, const std::string& observed, const std::string& expected,
            const std::string& advice);
  /// It should be there to be looked at, and could not be.
  void absent(const std::string& subject, const std::string& reason);
  /// What the report compares with other hosts.
  void fact(const std::string& subject, const std::string& observed);
  /// One row for all that was looked at and is right; none when a row above says otherwise.
  void pass_unless_told(const std::string& observed);

 private:
  void add(std::string_view status, const std::string& subject, const std::string& observed,
           const std::string& expected, const std::string& advice);

  std::string_view check_;
  const Machine& machine_;
  std::vector<core::CheckRow>& rows_;
  bool told_ = false;
};

struct Check {
  std::string_view id;
  std::string_view title;  // what is right, in one line
  std::string_view needs;  // what it looks at; without that on the host it has no row
  void (*look)(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
};

std::span<const Check> node_checks();

/// Rows of the checks named in `only`, of all for none, in the order of the table. Throws UsageError for a name that
/// no check has.
std::vector<core::CheckRow> check_node(const Machine& machine, const NodeLimits& limits,
                                       const std::vector<std::string>& only = {});

}  // namespace plumb::diag
