// A reduction as NCCL's calls take it: a number, or one made for this communicator.
#pragma once

#include "bench/element_type.h"
#include "bench/nccl_communicator.h"

namespace plumb::bench {

class NcclReduction {
 public:
  /// Of elements of `type`; what mulsum multiplies by is that of this rank. Throws core::Error.
  NcclReduction(const NcclCommunicator& communicator, ElementType type, ReduceOp op);
  ~NcclReduction();
  NcclReduction(const NcclReduction&) = delete;
  NcclReduction& operator=(const NcclReduction&) = delete;

  [[nodiscard]] int get() const { return op_; }

 private:
  const NcclCommunicator& communicator_;
  int op_;
  bool is_made_ = false;
};

}  // namespace plumb::bench
