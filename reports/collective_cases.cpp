#include "reports/collective_cases.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <tuple>

namespace plumb::reports {
namespace {

/// "allreduce/…/8ranks/out" of "allreduce/…/8ranks/group3/out".
std::string name_without_group(const core::CaseRow& row) {
  std::string name = row.name;
  const auto group = fmt::format("/group{}", row.group.value_or(0));
  if (const auto at = name.rfind(group); at != std::string::npos) {
    name.erase(at, group.size());
  }
  return name;
}

}  // namespace

std::vector<GroupCases> cases_of_groups(const Evidence& evidence) {
  using Key = std::tuple<std::size_t, std::string_view, std::string_view, std::string_view, core::Integer, std::string>;
  std::map<Key, GroupCases> all;
  for (const auto& placed : evidence.cases) {
    if (const auto& row = placed.row; row.group) {
      all[{placed.run, row.collective, row.backend, row.memory, row.bytes, name_without_group(row)}].push_back(&placed);
    }
  }
  std::vector<GroupCases> cases;
  for (auto& [what, groups] : all) {
    cases.push_back(std::move(groups));
  }
  return cases;
}

}  // namespace plumb::reports
