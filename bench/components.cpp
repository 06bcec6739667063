#include "bench/components.h"

#include "bench/backend_table.h"
#include "bench/schedule.h"

namespace plumb::bench {

std::vector<core::Component> components() {
  std::vector<core::Component> list;
  for (const auto& kind : backend_kinds()) {
    list.push_back(kind.component());
  }
  list.push_back(schedule_component());
  return list;
}

}  // namespace plumb::bench
