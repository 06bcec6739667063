#include "topology/link_rows.h"

#include <functional>
#include <tuple>

namespace plumb::topology {
namespace {

using core::LinkView;

LinkView shared_of(LinkView row) {
  row.id = row.a = row.a_port = row.b = row.b_port = {};
  return row;
}

}  // namespace

bool LinkRows::SameShared::operator()(const LinkView& x, const LinkView& y) const {
  return std::apply([&](const auto&... column) { return ((x.*column.member == y.*column.member) && ...); },
                    LinkView::columns());
}

std::size_t LinkRows::HashShared::operator()(const LinkView& row) const {
  std::size_t hash = 0;
  const auto mix = [&](const auto& value) { hash = hash * 31 + std::hash<std::decay_t<decltype(value)>>()(value); };
  std::apply([&](const auto&... column) { (mix(row.*column.member), ...); }, LinkView::columns());
  return hash;
}

LinkRows::Row LinkRows::packed(const LinkView& row) {
  const auto shared = shared_of(row);
  if (shared_.empty() || !SameShared()(shared_[last_], shared)) {
    const auto [known, is_new] = place_of_.try_emplace(shared, static_cast<std::uint32_t>(shared_.size()));
    if (is_new) {
      shared_.push_back(shared);
    }
    last_ = known->second;
  }
  return {row.id, row.a_port, row.b_port, static_cast<std::uint32_t>(row.a.size()), last_};
}

}  // namespace plumb::topology
