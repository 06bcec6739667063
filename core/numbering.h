// Numbers for what is alike.
#pragma once

#include <cstdint>
#include <map>

namespace plumb::core {

/// Equal keys get one number, in the order in which they first come. Costs less where a key is mostly the one before.
template <class Key>
class Numbering {
 public:
  std::uint32_t of(const Key& key) {
    if (last_ == numbers_.end() || last_->first != key) {
      last_ = numbers_.emplace(key, static_cast<std::uint32_t>(numbers_.size())).first;
    }
    return last_->second;
  }

 private:
  std::map<Key, std::uint32_t> numbers_;
  typename std::map<Key, std::uint32_t>::iterator last_ = numbers_.end();
};

}  // namespace plumb::core
