// Memory that a NIC may read and write.
#pragma once

#include <infiniband/verbs.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "bench/transport.h"
#include "bench/verbs_device.h"
#include "core/gpu.h"

namespace plumb::bench {

/// Zeroed, page aligned and registered with the device, which must outlive it.
class VerbsMemory final : public Region {
 public:
  /// This host's. `access`: of ibv_access_flags, for the peer and this end. Throws core::Error or std::bad_alloc.
  VerbsMemory(const VerbsDevice& device, std::size_t bytes, unsigned access);
  /// A GPU's, of which the NIC uses the first `bytes`, already registered.
  VerbsMemory(std::unique_ptr<core::GpuBuffer> buffer, std::size_t bytes, ibv_mr* registration);

  std::span<std::byte> bytes() override { return {begin_, bytes_}; }
  [[nodiscard]] bool is_on_gpu() const { return buffer_ != nullptr; }
  [[nodiscard]] std::uint32_t local_key() const { return registration_->lkey; }
  [[nodiscard]] std::uint32_t remote_key() const { return registration_->rkey; }
  [[nodiscard]] std::uint64_t address() const { return reinterpret_cast<std::uint64_t>(begin_); }

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::size_t bytes_;
  std::unique_ptr<std::byte, Free> memory_;
  std::unique_ptr<core::GpuBuffer> buffer_;
  std::byte* begin_;
  std::unique_ptr<ibv_mr, int (*)(ibv_mr*)> registration_;
};

}  // namespace plumb::bench
