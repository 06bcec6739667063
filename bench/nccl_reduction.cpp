#include "bench/nccl_reduction.h"

#include <array>
#include <cstddef>

#include "bench/nccl_types.h"
#include "core/error.h"

namespace plumb::bench {

NcclReduction::NcclReduction(const NcclCommunicator& communicator, ElementType type, ReduceOp op)
    : communicator_(communicator), op_(nccl_op(op)) {
  if (op != ReduceOp::mulsum) {
    return;
  }
  const auto& nccl = communicator.nccl();
  if (nccl->make_mulsum == nullptr || nccl->destroy_op == nullptr) {
    throw core::Error("NCCL has mulsum (ncclRedOpCreatePreMulSum) from 2.11 on");
  }
  alignas(std::max_align_t) std::array<std::byte, sizeof(double)> factor{};
  store_element(type, premultiplier(communicator.ranks().rank()), factor.data());
  communicator.calls().accept(
      nccl->make_mulsum(&op_, factor.data(), nccl_type(type), kNcclScalarOnHost, communicator.get()),
      "ncclRedOpCreatePreMulSum");
  is_made_ = true;
}

NcclReduction::~NcclReduction() {
  if (is_made_ && !communicator_.calls().is_aborted()) {
    communicator_.nccl()->destroy_op(op_, communicator_.get());
  }
}

}  // namespace plumb::bench
