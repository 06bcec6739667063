#include "bench/clock.h"

#include <mpi.h>

namespace plumb::bench {

MpiClock::MpiClock() : start_s_(MPI_Wtime()) {}

double MpiClock::now_ns() const { return (MPI_Wtime() - start_s_) * 1e9; }

}  // namespace plumb::bench
