#include "bench/nccl_types.h"

namespace plumb::bench {

int nccl_type(ElementType type) {
  switch (type) {
    case ElementType::int8:
      return 0;
    case ElementType::uint8:
      return 1;
    case ElementType::int32:
      return 2;
    case ElementType::uint32:
      return 3;
    case ElementType::int64:
      return 4;
    case ElementType::uint64:
      return 5;
    case ElementType::half:
      return 6;
    case ElementType::float32:
      return 7;
    case ElementType::float64:
      return 8;
    case ElementType::bfloat16:
      break;
  }
  return 9;
}

int nccl_op(ReduceOp op) {
  switch (op) {
    case ReduceOp::sum:
      return 0;
    case ReduceOp::prod:
      return 1;
    case ReduceOp::max:
      return 2;
    case ReduceOp::min:
      return 3;
    case ReduceOp::avg:
      break;
  }
  return 4;
}

}  // namespace plumb::bench
