#include "core/text_pool.h"

#include <algorithm>

namespace plumb::core {

std::string_view TextPool::keep(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  if (text.size() > free_) {
    free_ = std::max(kBlockBytes, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(free_));
    next_ = blocks_.back().get();
  }
  std::ranges::copy(text, next_);
  const std::string_view kept(next_, text.size());
  next_ += text.size();
  free_ -= text.size();
  return kept;
}

std::string_view TextPool::intern(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  const auto known = words_.find(text);
  return known != words_.end() ? *known : *words_.insert(keep(text)).first;
}

}  // namespace plumb::core
