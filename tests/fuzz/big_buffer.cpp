// fast-cpp-csv-parser takes 48 MB for every file, which AddressSanitizer marks twice, byte by byte: 100 runs a second.
// One such buffer is kept and lent out; all else comes from the heap, with its checks.
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kParserBytes = 3UL << 24U;
void* buffer = nullptr;
bool is_lent = false;

}  // namespace

void* operator new[](std::size_t size) {
  if (size == kParserBytes && !is_lent) {
    buffer = buffer == nullptr ? std::malloc(size) : buffer;
    is_lent = buffer != nullptr;
    return is_lent ? buffer : throw std::bad_alloc();
  }
  auto* memory = std::malloc(size);
  return memory != nullptr ? memory : throw std::bad_alloc();
}

void operator delete[](void* memory) noexcept {
  if (memory != nullptr && memory == buffer) {
    is_lent = false;
    return;
  }
  std::free(memory);
}

void operator delete[](void* memory, std::size_t /*size*/) noexcept { operator delete[](memory); }
