#include "bench/mpi_half.h"

#include <algorithm>

namespace plumb::bench {
namespace {

struct Half {
  static float load(std::uint16_t bits) { return half_to_float(bits); }
  static std::uint16_t store(float value) { return float_to_half(value); }
};
struct Bfloat16 {
  static float load(std::uint16_t bits) { return bfloat16_to_float(bits); }
  static std::uint16_t store(float value) { return float_to_bfloat16(value); }
};
struct Sum {
  static float of(float a, float b) { return a + b; }
};
struct Product {
  static float of(float a, float b) { return a * b; }
};
struct Minimum {
  static float of(float a, float b) { return std::min(a, b); }
};
struct Maximum {
  static float of(float a, float b) { return std::max(a, b); }
};

template <class Format, class Combine>
void reduce(void* in, void* in_out, int* length, MPI_Datatype* /*type*/) {
  const auto* from = static_cast<const std::uint16_t*>(in);
  auto* to = static_cast<std::uint16_t*>(in_out);
  for (int i = 0; i < *length; ++i) {
    to[i] = Format::store(Combine::of(Format::load(from[i]), Format::load(to[i])));
  }
}

template <class Format>
MPI_User_function* function_of(ReduceOp op) {
  switch (op) {
    case ReduceOp::prod:
      return reduce<Format, Product>;
    case ReduceOp::min:
      return reduce<Format, Minimum>;
    case ReduceOp::max:
      return reduce<Format, Maximum>;
    case ReduceOp::sum:
    case ReduceOp::avg:
      break;
  }
  return reduce<Format, Sum>;
}

}  // namespace

HalfOp::HalfOp(ElementType type, ReduceOp op) {
  if (type == ElementType::half) {
    MPI_Op_create(function_of<Half>(op), 1, &op_);
  } else if (type == ElementType::bfloat16) {
    MPI_Op_create(function_of<Bfloat16>(op), 1, &op_);
  }
}

HalfOp::~HalfOp() {
  if (exists()) {
    MPI_Op_free(&op_);
  }
}

}  // namespace plumb::bench
