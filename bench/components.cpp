#include "bench/components.h"

#include <algorithm>

#include "bench/backend_table.h"
#include "bench/schedule.h"

namespace plumb::bench {

std::vector<core::Component> components() {
  std::vector<core::Component> list;
  for (const auto& kind : backend_kinds()) {
    list.push_back(kind.component());
  }
  for (const auto* name : {"ucx", "verbs"}) {
    if (std::ranges::find(backend_kinds(), name, &BackendKind::name) == backend_kinds().end()) {
      list.push_back({name, "", "not built into this program"});
    }
  }
  list.push_back(schedule_component());
  return list;
}

}  // namespace plumb::bench
