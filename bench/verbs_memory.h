// Memory that a NIC may read and write.
#pragma once

#include <infiniband/verbs.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/transport.h"
#include "bench/verbs_device.h"
#include "core/gpu.h"

namespace plumb::bench {

/// Zeroed, page aligned and registered with the NICs, which must outlive it.
class VerbsMemory final : public Region {
 public:
  /// This host's. `access`: of ibv_access_flags, for the peer and this end. Throws core::Error or std::bad_alloc.
  VerbsMemory(std::span<const VerbsDevice* const> nics, std::size_t bytes, unsigned access);
  /// A GPU's, of which the NICs use the first `bytes`, not registered yet.
  VerbsMemory(std::unique_ptr<core::GpuBuffer> buffer, std::size_t bytes);
  /// Registered with one more NIC.
  void add(ibv_mr* registration) { registrations_.emplace_back(registration, ibv_dereg_mr); }

  std::span<std::byte> bytes() override { return {begin_, bytes_}; }
  [[nodiscard]] bool is_on_gpu() const { return buffer_ != nullptr; }
  [[nodiscard]] std::uint32_t local_key(std::size_t nic) const { return registrations_[nic]->lkey; }
  [[nodiscard]] std::uint32_t remote_key(std::size_t nic) const { return registrations_[nic]->rkey; }
  [[nodiscard]] std::uint64_t address() const { return reinterpret_cast<std::uint64_t>(begin_); }

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::size_t bytes_;
  std::unique_ptr<std::byte, Free> memory_;
  std::unique_ptr<core::GpuBuffer> buffer_;
  std::byte* begin_;
  std::vector<std::unique_ptr<ibv_mr, int (*)(ibv_mr*)>> registrations_;  // by NIC
};

}  // namespace plumb::bench
