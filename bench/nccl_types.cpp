#include "bench/nccl_types.h"

#include <fmt/format.h>

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
      return 9;
    case ElementType::e4m3:
      return 10;
    case ElementType::e5m2:
      break;
  }
  return 11;
}

std::string why_not_in_nccl(ElementType type, bool reduces, int version, int capability) {
  constexpr int kFirstVersion = 22400, kFirstCapability = 90;
  if (type != ElementType::e4m3 && type != ElementType::e5m2) {
    return {};
  }
  if (version < kFirstVersion) {
    return fmt::format("NCCL has {} from 2.24 on", name_of(type));
  }
  return reduces && capability < kFirstCapability
             ? fmt::format("NCCL reduces {} on GPUs of compute capability 9.0 and later", name_of(type))
             : "";
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
    case ReduceOp::mulsum:
      break;
  }
  return 4;
}

}  // namespace plumb::bench
