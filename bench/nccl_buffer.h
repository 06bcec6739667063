// GPU memory that NCCL sends from and receives into.
#pragma once

#include <memory>
#include <span>

#include "bench/backend_table.h"
#include "bench/nccl_communicator.h"

namespace plumb::bench {

class NcclBuffer {
 public:
  /// `symmetric` is for all ranks of the communicator at once, with as many bytes each. Throws core::Error.
  NcclBuffer(const NcclCommunicator& communicator, std::size_t bytes, Registration registration);
  ~NcclBuffer();
  NcclBuffer(const NcclBuffer&) = delete;
  NcclBuffer& operator=(const NcclBuffer&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

 private:
  void allocate(std::size_t bytes);
  void make_local();
  void make_symmetric();

  const NcclCommunicator& communicator_;
  std::unique_ptr<core::GpuBuffer> plain_;
  void* own_ = nullptr;
  void* registration_ = nullptr;
  NcclWindow window_ = nullptr;
  std::span<std::byte> bytes_;
};

}  // namespace plumb::bench
