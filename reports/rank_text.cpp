#include "reports/rank_text.h"

#include <regex>

namespace plumb::reports {

std::optional<NamedRank> rank_in(const std::string& text) {
  static const std::regex kForm(R"(rank (\d{1,9}) (?:\(host ([^)]*)\)|on host ([^ :,;]+)))");
  std::smatch match;
  if (!std::regex_search(text, match, kForm)) {
    return std::nullopt;
  }
  return NamedRank{std::stoi(match[1]), match[2].matched ? match[2].str() : match[3].str()};
}

bool means_hung(const std::string& reason) {
  return reason.starts_with("hung:") || reason.starts_with("dead:") || reason.starts_with("stalled:") ||
         means_failed(reason);
}

bool means_failed(const std::string& reason) { return reason.starts_with("failed:"); }

}  // namespace plumb::reports
