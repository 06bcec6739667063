// Our element types and operations in NCCL's numbers.
#pragma once

#include <string>

#include "bench/element_type.h"

namespace plumb::bench {

int nccl_type(ElementType type);
int nccl_op(ReduceOp op);  // of those that NCCL has a number for: all but mulsum

/// Why NCCL of that version (22809) cannot move `type`, or reduce it on a GPU of that capability (90); empty: it can.
std::string why_not_in_nccl(ElementType type, bool reduces, int version, int capability);

}  // namespace plumb::bench
