// Everybody meets everybody once.
#pragma once

#include <utility>
#include <vector>

namespace plumb::core {

/// Rounds in which nobody is in two pairs, as few as can be; each pair has its lower member first. The circle method:
/// the first member stays, the others turn; of an odd number one waits.
std::vector<std::vector<std::pair<int, int>>> round_robin(std::vector<int> members);

}  // namespace plumb::core
