#include "bench/mpi_half.h"

#include <array>

#include "bench/reduction.h"

namespace plumb::bench {
namespace {

template <ElementType kType, ReduceOp kOp>
void reduce(void* in, void* in_out, int* length, MPI_Datatype* /*type*/) {
  const std::size_t bytes = static_cast<std::size_t>(*length) * size_of(kType);
  reduce_elements(kType, kOp, {static_cast<std::byte*>(in_out), bytes}, {static_cast<const std::byte*>(in), bytes});
}

/// In the order of ReduceOp.
template <ElementType kType>
constexpr std::array<MPI_User_function*, 6> functions_of() {
  return {reduce<kType, ReduceOp::sum>, reduce<kType, ReduceOp::prod>, reduce<kType, ReduceOp::min>,
          reduce<kType, ReduceOp::max>, reduce<kType, ReduceOp::avg>,  reduce<kType, ReduceOp::mulsum>};
}

}  // namespace

HalfOp::HalfOp(ElementType type, ReduceOp op) {
  const auto at = static_cast<std::size_t>(op);
  if (type == ElementType::half) {
    MPI_Op_create(functions_of<ElementType::half>()[at], 1, &op_);
  } else if (type == ElementType::bfloat16) {
    MPI_Op_create(functions_of<ElementType::bfloat16>()[at], 1, &op_);
  } else if (type == ElementType::e4m3) {
    MPI_Op_create(functions_of<ElementType::e4m3>()[at], 1, &op_);
  } else if (type == ElementType::e5m2) {
    MPI_Op_create(functions_of<ElementType::e5m2>()[at], 1, &op_);
  }
}

HalfOp::~HalfOp() {
  if (exists()) {
    MPI_Op_free(&op_);
  }
}

}  // namespace plumb::bench
