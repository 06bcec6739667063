// Splits work over the cores. The work must give the same result however it is split.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace plumb::reports {

/// Calls work(first, end) on disjoint pieces of [0, size) that cover it, from several threads at once: whoever is done
/// takes the next piece, since some are far harder than others. `work` must not throw. Less than a piece is not worth a
/// thread.
template <class Work>
void in_parallel(std::size_t size, Work&& work, std::size_t piece = 1024) {
  const std::size_t pieces = (size + piece - 1) / piece;
  const std::size_t cores = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
  std::atomic<std::size_t> next = 0;
  const auto take_pieces = [&] {
    for (auto first = next.fetch_add(piece); first < size; first = next.fetch_add(piece)) {
      work(first, std::min(first + piece, size));
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(cores, pieces); ++i) {
    others.emplace_back(take_pieces);
  }
  take_pieces();
}

/// Sorts by operator<, in two threads. Equal things must not be told apart.
template <class Thing>
void sort_in_parallel(std::vector<Thing>& things) {
  const auto middle = things.begin() + static_cast<std::ptrdiff_t>(things.size() / 2);
  std::jthread first([&] { std::sort(things.begin(), middle); });
  std::sort(middle, things.end());
  first.join();
  std::inplace_merge(things.begin(), middle, things.end());
}

}  // namespace plumb::reports
