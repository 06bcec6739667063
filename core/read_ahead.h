// Reads rows of a large CSV file in a thread of its own, ahead of the one that uses them.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/csv_reader.h"
#include "core/text_pool.h"

namespace plumb::core {
namespace read_ahead_detail {

/// Rows with their lines. Their texts live as long as it does.
template <class Row>
class Batch {
 public:
  Batch() { rows_.reserve(kRows); }
  void add(const Row& row, unsigned line) {
    auto& kept = rows_.emplace_back(row, line).first;
    const auto keep = [&](auto& value) {
      if constexpr (std::is_same_v<decltype(value), std::string_view&>) {
        value = texts_.keep(value);
      }
    };
    std::apply([&](const auto&... column) { (keep(kept.*column.member), ...); }, Row::columns());
  }
  [[nodiscard]] bool is_full() const { return rows_.size() >= kRows; }
  [[nodiscard]] const std::vector<std::pair<Row, unsigned>>& rows() const { return rows_; }

 private:
  static constexpr std::size_t kRows = 1024;
  std::vector<std::pair<Row, unsigned>> rows_;
  TextPool texts_;
};

/// A few batches between the thread that reads and the one that takes.
template <class Row>
class Batches {
 public:
  using Pointer = std::unique_ptr<Batch<Row>>;

  /// Waits while there are enough. False when nobody takes any more.
  bool put(Pointer batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready_.size() < kAhead || is_over_; });
    ready_.push_back(std::move(batch));
    changed_.notify_all();
    return !is_over_;
  }
  /// No more are put, or taken.
  void end(std::exception_ptr error = {}) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    is_over_ = true;
    changed_.notify_all();
  }
  /// Waits. Null after the last; throws what ended the reading after all that was read before.
  Pointer take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty() || is_over_; });
    if (ready_.empty()) {
      if (error_) {
        std::rethrow_exception(error_);
      }
      return nullptr;
    }
    auto batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
  }

 private:
  static constexpr std::size_t kAhead = 8;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Pointer> ready_;
  std::exception_ptr error_;
  bool is_over_ = false;
};

/// Puts all rows of the file into `batches`, and what ended the reading after those before it.
template <class Row>
void read_into(Batches<Row>& batches, const std::filesystem::path& path, TruncatedTail tail) {
  struct NobodyTakes {};
  auto batch = std::make_unique<Batch<Row>>();
  std::exception_ptr error;
  try {
    for_each_row<Row>(path, tail, [&](const Row& row, unsigned line) {
      batch->add(row, line);
      if (batch->is_full() && !batches.put(std::exchange(batch, std::make_unique<Batch<Row>>()))) {
        throw NobodyTakes();
      }
    });
  } catch (...) {
    error = std::current_exception();
  }
  batches.put(std::move(batch));
  batches.end(error);
}

}  // namespace read_ahead_detail

/// As for_each_row; `visit` is called in this thread. A small file is not worth another.
template <class Row, class Visit>
void for_each_row_ahead(const std::filesystem::path& path, TruncatedTail tail, Visit&& visit) {
  constexpr std::uintmax_t kWorthAThread = 4U << 20U;  // bytes
  std::error_code unreadable;
  if (const auto size = std::filesystem::file_size(path, unreadable); unreadable || size < kWorthAThread) {
    for_each_row<Row>(path, tail, visit);
    return;
  }
  read_ahead_detail::Batches<Row> batches;
  const std::jthread reader([&] { read_ahead_detail::read_into<Row>(batches, path, tail); });
  try {
    while (const auto batch = batches.take()) {
      for (const auto& [row, line] : batch->rows()) {
        visit(row, line);
      }
    }
  } catch (...) {
    batches.end();  // the reader may wait to put more
    throw;
  }
}

}  // namespace plumb::core
