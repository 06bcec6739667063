// For what a program holds until it ends: to free a gigabyte piece by piece takes a tenth of a second.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace plumb::core {

/// Made of `from`; lives until the process ends, and its destructor never runs. Not for several threads at once.
template <class Thing, class... From>
Thing& never_freed(From&&... from) {
  static auto& all = *new std::vector<std::unique_ptr<Thing>>;  // where tools that look for leaks find them
  return *all.emplace_back(std::make_unique<Thing>(std::forward<From>(from)...));
}

}  // namespace plumb::core
