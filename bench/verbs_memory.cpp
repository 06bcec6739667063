#include "bench/verbs_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>

#include "bench/gpu_memory.h"
#include "core/error.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

constexpr std::size_t kPage = 4096;

std::byte* allocate_pages(std::size_t bytes) {
  auto* memory = std::aligned_alloc(kPage, bytes);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return static_cast<std::byte*>(std::memset(memory, 0, bytes));
}

std::size_t whole_pages(std::size_t bytes) { return std::max(kPage, (bytes + kPage - 1) / kPage * kPage); }

}  // namespace

void VerbsMemory::Free::operator()(std::byte* memory) const { std::free(memory); }

VerbsMemory::VerbsMemory(std::span<const VerbsDevice* const> nics, std::size_t bytes, unsigned access)
    : bytes_(bytes), memory_(allocate_pages(whole_pages(bytes))), begin_(memory_.get()) {
  for (const auto* nic : nics) {
    auto* const made = ibv_reg_mr(nic->domain(), memory_.get(), whole_pages(bytes), static_cast<int>(access));
    if (made == nullptr) {
      throw core::Error(fmt::format("{}: {} of memory cannot be registered: {}{}", nic->name(),
                                    core::format_bytes(static_cast<std::int64_t>(bytes)),
                                    std::generic_category().message(errno),
                                    errno == ENOMEM ? " (is the limit of locked memory too low? see ulimit -l)" : ""));
    }
    add(made);
  }
}

VerbsMemory::VerbsMemory(std::unique_ptr<core::GpuBuffer> buffer, std::size_t bytes)
    : bytes_(bytes), buffer_(std::move(buffer)), begin_(span_of(buffer_->address(), bytes).data()) {}

}  // namespace plumb::bench
