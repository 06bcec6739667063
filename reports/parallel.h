// Splits work over the cores. The work must give the same result however it is split.
#pragma once

#include <algorithm>
#include <cstddef>
#include <thread>
#include <vector>

namespace plumb::reports {

/// Calls work(first, end) on disjoint parts of [0, size), each in its own thread. `work` must not throw.
template <class Work>
void in_parallel(std::size_t size, Work&& work) {
  const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
  const std::size_t share = std::max<std::size_t>((size + threads - 1) / threads, 1024);  // less is not worth a thread
  std::vector<std::jthread> others;
  for (std::size_t first = share; first < size; first += share) {
    others.emplace_back([&work, first, end = std::min(first + share, size)] { work(first, end); });
  }
  work(std::size_t{0}, std::min(share, size));
}

}  // namespace plumb::reports
