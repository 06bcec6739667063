// What the `subject` cell of a check row names: one part, or the cables of a swap.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumb::topology {

/// "A:1--B:1; C:1--D:1" of several ids.
std::string subject_of(const std::vector<std::string>& ids);

/// The ids in a subject, in their order; none in an empty one. A "; " that no id follows belongs to a name.
std::vector<std::string> ids_in(std::string_view subject);

/// "A:port" and "B:port" of the link "A:port--B:port"; nothing for what is none. Names may have dashes, too: the first
/// ones that a node's id follows count.
std::optional<std::pair<std::string, std::string>> ends_in(std::string_view link);

}  // namespace plumb::topology
