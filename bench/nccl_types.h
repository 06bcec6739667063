// Our element types and operations in NCCL's numbers.
#pragma once

#include "bench/element_type.h"

namespace plumb::bench {

int nccl_type(ElementType type);
int nccl_op(ReduceOp op);

}  // namespace plumb::bench
