#include "bench/components.h"

#include "bench/mpi_backend.h"
#include "bench/schedule.h"

namespace plumb::bench {

std::vector<core::Component> components() {
  std::vector<core::Component> list{{"mpi", mpi_library_version(), ""}, schedule_component()};
  for (const auto* backend : {"nccl", "ucx", "verbs"}) {
    list.push_back({backend, "", "this version has no such backend; it measures host memory over MPI"});
  }
  return list;
}

}  // namespace plumb::bench
