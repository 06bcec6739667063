#include "bench/gpu_memory.h"

#include <fmt/format.h>

#include <array>

namespace plumb::bench {

std::span<const unsigned char> pattern_kernels();  // of core/embed_kernels.cmake

namespace {

constexpr std::size_t kLargestElement = 8;  // bytes

core::CudaAddress address_of(const void* bytes) { return reinterpret_cast<core::CudaAddress>(bytes); }

/// A kernel takes at most this many elements at once: it counts them in 64 bits, and so do we.
std::int64_t elements_in(std::span<const std::byte> bytes, const Pattern& pattern) {
  return static_cast<std::int64_t>(bytes.size() / pattern.element_bytes());
}

}  // namespace

std::span<std::byte> span_of(core::CudaAddress address, std::size_t bytes) {
  return {reinterpret_cast<std::byte*>(address), bytes};
}

GpuMemory::GpuMemory(const core::GpuStream& stream)
    : stream_(stream),
      kernels_(stream.gpu(), pattern_kernels()),
      table_(stream.gpu(), 2 * kPatternPeriod * kLargestElement),
      result_(stream.gpu(), 2 * sizeof(std::uint64_t)) {}

core::CudaFunction GpuMemory::kernel(const char* name, std::size_t element_bytes) const {
  return kernels_.function(fmt::format("{}_{}", name, element_bytes).c_str());
}

void GpuMemory::put_table(const Pattern& pattern) const {
  const auto& cuda = stream_.gpu().cuda();
  const auto table = pattern.table();
  cuda.require(cuda->copy_in(table_.address(), table.data(), table.size(), stream_.get()), "cuMemcpyHtoDAsync");
}

void GpuMemory::copy_out(void* to, const void* from, std::size_t bytes) const {
  const auto& cuda = stream_.gpu().cuda();
  cuda.require(cuda->copy_out(to, address_of(from), bytes, stream_.get()), "cuMemcpyDtoHAsync");
  stream_.wait();
}

void GpuMemory::set(std::span<std::byte> bytes, std::byte value) const {
  const auto& cuda = stream_.gpu().cuda();
  cuda.require(
      cuda->set_bytes(address_of(bytes.data()), static_cast<unsigned char>(value), bytes.size(), stream_.get()),
      "cuMemsetD8Async");
  stream_.wait();
}

void GpuMemory::fill(std::span<std::byte> elements, const Pattern& pattern, std::int64_t first) const {
  put_table(pattern);
  core::launch(kernel("fill", pattern.element_bytes()), stream_, address_of(elements.data()),
               elements_in(elements, pattern), table_.address(), first);
  stream_.wait();
}

Pattern::Mismatch GpuMemory::compare(std::span<const std::byte> elements, const Pattern& pattern,
                                     std::int64_t first) const {
  const auto& cuda = stream_.gpu().cuda();
  std::array<std::uint64_t, 2> result{0, ~std::uint64_t{0}};
  put_table(pattern);
  cuda.require(cuda->copy_in(result_.address(), result.data(), sizeof result, stream_.get()), "cuMemcpyHtoDAsync");
  core::launch(kernel("verify", pattern.element_bytes()), stream_, address_of(elements.data()),
               elements_in(elements, pattern), table_.address(), first, result_.address());
  copy_out(result.data(), span_of(result_.address(), sizeof result).data(), sizeof result);
  Pattern::Mismatch mismatch{.wrong = static_cast<std::int64_t>(result[0])};
  if (mismatch.wrong > 0) {
    mismatch.first_offset = static_cast<std::int64_t>(result[1]);
    std::array<std::byte, kLargestElement> found{};
    copy_out(found.data(),
             elements.data() + mismatch.first_offset * static_cast<std::ptrdiff_t>(pattern.element_bytes()),
             pattern.element_bytes());
    mismatch.expected = pattern.hex_of(first + mismatch.first_offset);
    mismatch.found = pattern.hex_of(found.data());
  }
  return mismatch;
}

void GpuMemory::flip_bit(std::byte* at) const {
  const auto& cuda = stream_.gpu().cuda();
  std::byte value{};
  copy_out(&value, at, 1);
  value ^= std::byte{1};
  cuda.require(cuda->copy_in(address_of(at), &value, 1, stream_.get()), "cuMemcpyHtoDAsync");
  stream_.wait();
}

}  // namespace plumb::bench
