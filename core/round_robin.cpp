#include "core/round_robin.h"

#include <algorithm>

namespace plumb::core {

std::vector<std::vector<std::pair<int, int>>> round_robin(std::vector<int> members) {
  constexpr int kBye = -1;
  if (members.size() % 2 == 1) {
    members.push_back(kBye);
  }
  std::vector<std::vector<std::pair<int, int>>> rounds;
  for (std::size_t turn = 0; turn + 1 < members.size(); ++turn) {
    auto& round = rounds.emplace_back();
    for (std::size_t i = 0; i < members.size() / 2; ++i) {
      const int a = members[i], b = members[members.size() - 1 - i];
      if (a != kBye && b != kBye) {
        round.emplace_back(std::min(a, b), std::max(a, b));
      }
    }
    std::rotate(members.begin() + 1, members.end() - 1, members.end());
  }
  return rounds;
}

}  // namespace plumb::core
