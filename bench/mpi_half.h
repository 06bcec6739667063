// Reductions of half, bfloat16 and 8-bit floating point, which MPI does not know.
#pragma once

#include <mpi.h>

#include "bench/element_type.h"

namespace plumb::bench {

/// A user-defined MPI operation on floating point elements of 16 or 8 bits, carried as MPI_UINT16_T or MPI_UINT8_T;
/// none for other types.
class HalfOp {
 public:
  HalfOp(ElementType type, ReduceOp op);
  ~HalfOp();
  HalfOp(const HalfOp&) = delete;
  HalfOp& operator=(const HalfOp&) = delete;

  [[nodiscard]] bool exists() const { return op_ != MPI_OP_NULL; }
  [[nodiscard]] MPI_Op get() const { return op_; }

 private:
  MPI_Op op_ = MPI_OP_NULL;
};

}  // namespace plumb::bench
