#include "bench/nccl_buffer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace plumb::bench {

NcclBuffer::NcclBuffer(const NcclCommunicator& communicator, std::size_t bytes, Registration registration)
    : communicator_(communicator) {
  if (registration == Registration::none) {
    plain_ = std::make_unique<core::GpuBuffer>(communicator.gpu(), bytes);
    bytes_ = span_of(plain_->address(), bytes);
    return;
  }
  allocate(bytes);
  if (bytes > 0) {
    registration == Registration::local ? make_local() : make_symmetric();
  }
}

void NcclBuffer::allocate(std::size_t bytes) {
  const auto& nccl = communicator_.nccl();
  if (nccl->allocate == nullptr || nccl->free == nullptr) {
    throw core::Error(
        fmt::format("NCCL {} cannot register buffers; leave out --register and --symmetric", nccl.version()));
  }
  communicator_.gpu().make_current();
  communicator_.calls().accept(nccl->allocate(&own_, std::max<std::size_t>(bytes, 1)), "ncclMemAlloc");
  bytes_ = {static_cast<std::byte*>(own_), bytes};
}

void NcclBuffer::make_local() {
  const auto& nccl = communicator_.nccl();
  if (nccl->register_buffer == nullptr || nccl->deregister_buffer == nullptr) {
    throw core::Error(fmt::format("NCCL {} cannot register buffers; leave out --register", nccl.version()));
  }
  communicator_.calls().accept(nccl->register_buffer(communicator_.get(), own_, bytes_.size(), &registration_),
                               "ncclCommRegister");
}

void NcclBuffer::make_symmetric() {
  const auto& nccl = communicator_.nccl();
  if (nccl->register_window == nullptr || nccl->deregister_window == nullptr) {
    throw core::Error(
        fmt::format("NCCL {} has no symmetric windows (from 2.27 on); leave out --symmetric", nccl.version()));
  }
  communicator_.calls().accept(
      nccl->register_window(communicator_.get(), own_, bytes_.size(), &window_, kNcclSymmetricWindow),
      "ncclCommWindowRegister");
}

NcclBuffer::~NcclBuffer() {
  const bool is_usable = !communicator_.calls().is_aborted();
  if (registration_ != nullptr && is_usable) {
    communicator_.nccl()->deregister_buffer(communicator_.get(), registration_);
  }
  if (window_ != nullptr && is_usable) {
    communicator_.nccl()->deregister_window(communicator_.get(), window_);
  }
  if (own_ != nullptr) {
    communicator_.nccl()->free(own_);
  }
}

}  // namespace plumb::bench
