// For what a program holds until it ends: to free a gigabyte piece by piece takes a tenth of a second.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace plumb::core {

/// Made of `from`; lives until the process ends, and its destructor never runs.
template <class Thing, class... From>
Thing& never_freed(From&&... from) {
  static std::mutex mutex;
  static auto& all = *new std::vector<std::unique_ptr<Thing>>;  // where tools that look for leaks find them
  auto thing = std::make_unique<Thing>(std::forward<From>(from)...);
  const std::lock_guard lock(mutex);
  return *all.emplace_back(std::move(thing));
}

}  // namespace plumb::core
