#include "topology/subjects.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "topology/graph.h"

namespace plumb::topology {
namespace {

constexpr std::string_view kBetween = "; ";

bool begins_id(std::string_view text) {
  const auto slash = text.find('/');
  return slash != std::string_view::npos && node_kind(text.substr(0, slash));
}

}  // namespace

std::string subject_of(const std::vector<std::string>& ids) { return fmt::format("{}", fmt::join(ids, kBetween)); }

std::vector<std::string> ids_in(std::string_view subject) {
  std::vector<std::string> ids;
  std::size_t first = 0;
  for (auto at = subject.find(kBetween); at != std::string_view::npos; at = subject.find(kBetween, at + 1)) {
    if (begins_id(subject.substr(at + kBetween.size()))) {
      ids.emplace_back(subject.substr(first, at - first));
      first = at + kBetween.size();
    }
  }
  if (first < subject.size()) {
    ids.emplace_back(subject.substr(first));
  }
  return ids;
}

std::optional<std::pair<std::string, std::string>> ends_in(std::string_view link) {
  for (auto at = link.find("--"); at != std::string_view::npos; at = link.find("--", at + 1)) {
    if (const auto second = link.substr(at + 2); begins_id(second)) {
      return std::pair(std::string(link.substr(0, at)), std::string(second));
    }
  }
  return std::nullopt;
}

}  // namespace plumb::topology
