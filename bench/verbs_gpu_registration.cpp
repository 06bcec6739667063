#include "bench/verbs_gpu_registration.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "core/cuda_library.h"
#include "core/error.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

std::string because(int code) { return std::generic_category().message(code); }

/// The call is newer than the rest of what we use (CUDA 11.7), so a driver may be without it.
struct Exporter {
  core::OptionalLibrary library{"libcuda.so.1"};
  ExportRange export_range = nullptr;

  Exporter() { library.want(export_range, "cuMemGetHandleForAddressRange"); }

  int operator()(const GpuPages& pages, std::string& why) const {
    if (export_range == nullptr) {
      why = library.why_absent().empty() ? "the driver has no cuMemGetHandleForAddressRange" : library.why_absent();
      return -1;
    }
    int descriptor = -1;
    if (const int code = export_range(&descriptor, pages.address, pages.bytes, kDmaBufDescriptor, 0);
        code != core::kCudaSuccess) {
      why = fmt::format("cuMemGetHandleForAddressRange: error {}", code);
      return -1;
    }
    return descriptor;
  }
};

ibv_mr* by_dma_buf(const GpuRegistrar& registrar, const GpuPages& pages, std::string& why) {
  const int descriptor = registrar.export_dma_buf(pages, why);
  if (descriptor < 0) {
    return nullptr;
  }
  auto* const registration = registrar.register_dma_buf(pages, descriptor);
  if (registration == nullptr) {
    why = "ibv_reg_dmabuf_mr: " + because(errno);
  }
  registrar.close(descriptor);  // the registration holds the pages
  return registration;
}

}  // namespace

GpuRegistrar gpu_registrar(ibv_pd* domain, unsigned access) {
  const int flags = static_cast<int>(access);
  return {.export_dma_buf = [exporter = std::make_shared<Exporter>()](
                                const GpuPages& pages, std::string& why) { return (*exporter)(pages, why); },
          .register_dma_buf =
              [=](const GpuPages& pages, int descriptor) {
                return ibv_reg_dmabuf_mr(domain, 0, pages.bytes, pages.address, descriptor, flags);
              },
          .register_peer_memory =
              [=](const GpuPages& pages) {
                return ibv_reg_mr(domain, reinterpret_cast<void*>(pages.address), pages.bytes, flags);
              },
          .close = [](int descriptor) { ::close(descriptor); }};
}

ibv_mr* register_gpu_pages(const GpuRegistrar& registrar, const GpuPages& pages) {
  std::string why;
  if (auto* const registration = by_dma_buf(registrar, pages, why)) {
    return registration;
  }
  if (auto* const registration = registrar.register_peer_memory(pages)) {
    return registration;
  }
  throw core::Error(
      fmt::format("{} of GPU memory cannot be registered: no dma-buf ({}), no peer memory ({}); load the "
                  "open kernel module of the driver, or nvidia_peermem",
                  core::format_bytes(static_cast<std::int64_t>(pages.bytes)), why, because(errno)));
}

std::unique_ptr<VerbsMemory> verbs_memory_of(std::unique_ptr<core::GpuBuffer> buffer, std::size_t bytes,
                                             std::span<const VerbsDevice* const> nics, unsigned access) {
  const GpuPages pages{buffer->address(), buffer->bytes()};
  auto memory = std::make_unique<VerbsMemory>(std::move(buffer), bytes);
  for (const auto* nic : nics) {
    memory->add(register_gpu_pages(gpu_registrar(nic->domain(), access), pages));
  }
  return memory;
}

}  // namespace plumb::bench
