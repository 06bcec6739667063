// In which way a GPU's memory is registered, on a made-up driver and NIC; and what is said where neither way goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "bench/verbs_gpu_registration.h"
#include "core/error.h"
#include "tests/core/same_interface.h"

#if __has_include(<cuda.h>)
#include <cuda.h>
static_assert(plumb::test::SameInterface<plumb::bench::ExportRange, decltype(&::cuMemGetHandleForAddressRange)>::value);
static_assert(plumb::bench::kDmaBufDescriptor == CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD);
#endif

namespace plumb::bench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr GpuPages kPages{.address = 0x7f0000000000, .bytes = 2 << 20};

/// A machine of which each step can be broken.
struct Machine {
  bool exports = true, takes_dma_buf = true, has_peer_memory = true;
  ibv_mr by_dma_buf{}, by_peer_memory{};
  std::vector<std::string> steps;

  ibv_mr* registered() {
    return register_gpu_pages(
        {.export_dma_buf =
             [this](const GpuPages&, std::string& why) {
               steps.emplace_back("export");
               why = exports ? "" : "the driver is of 2019";
               return exports ? 7 : -1;
             },
         .register_dma_buf =
             [this](const GpuPages& pages, int descriptor) {
               steps.push_back("dma-buf " + std::to_string(descriptor));
               errno = EOPNOTSUPP;
               return takes_dma_buf && pages.bytes == kPages.bytes ? &by_dma_buf : nullptr;
             },
         .register_peer_memory =
             [this](const GpuPages&) {
               steps.emplace_back("peer memory");
               errno = EFAULT;
               return has_peer_memory ? &by_peer_memory : nullptr;
             },
         .close = [this](int descriptor) { steps.push_back("close " + std::to_string(descriptor)); }},
        kPages);
  }
  std::string refusal() {
    try {
      registered();
    } catch (const core::Error& error) {
      return error.what();
    }
    return "";
  }
};

TEST(GpuRegistration, ADmaBufComesFirstAndIsClosed) {
  Machine machine;
  EXPECT_EQ(machine.registered(), &machine.by_dma_buf);
  EXPECT_THAT(machine.steps, ElementsAre("export", "dma-buf 7", "close 7"));
}

TEST(GpuRegistration, AnOldDriverLeavesPeerMemory) {
  Machine machine{.exports = false};
  EXPECT_EQ(machine.registered(), &machine.by_peer_memory);
  EXPECT_THAT(machine.steps, ElementsAre("export", "peer memory"));
}

TEST(GpuRegistration, ANicWithoutDmaBufLeavesPeerMemory) {
  Machine machine{.takes_dma_buf = false};
  EXPECT_EQ(machine.registered(), &machine.by_peer_memory);
  EXPECT_THAT(machine.steps, ElementsAre("export", "dma-buf 7", "close 7", "peer memory"));
}

TEST(GpuRegistration, WhereNeitherGoesBothReasonsAreTold) {
  EXPECT_THAT((Machine{.exports = false, .has_peer_memory = false}.refusal()),
              AllOf(HasSubstr("2 MiB of GPU memory"), HasSubstr("no dma-buf (the driver is of 2019)"),
                    HasSubstr("no peer memory (Bad address)"), HasSubstr("nvidia_peermem")));
  EXPECT_THAT((Machine{.takes_dma_buf = false, .has_peer_memory = false}.refusal()),
              HasSubstr("no dma-buf (ibv_reg_dmabuf_mr: Operation not supported)"));
}

TEST(GpuRegistration, WithoutADriverTheLibraryIsNamed) {
  std::string why;
  const auto registrar = gpu_registrar(nullptr, 0);
  if (registrar.export_dma_buf({}, why) < 0) {
    EXPECT_THAT(why, testing::AnyOf(HasSubstr("libcuda.so.1"), HasSubstr("cuMemGetHandleForAddressRange")));
  }
}

}  // namespace
}  // namespace plumb::bench
