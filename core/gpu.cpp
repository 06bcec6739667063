#include "core/gpu.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/error.h"

namespace plumb::core {

Gpu::Gpu(const CudaLibrary& cuda, int ordinal) : cuda_(cuda) {
  if (!cuda.why_absent().empty()) {
    throw Error("no GPU: " + cuda.why_absent(), ExitCode::nothing_measurable);
  }
  cuda.require(cuda->device(&device_, ordinal), "cuDeviceGet");
  cuda.require(cuda->retain_context(&context_, device_), "cuDevicePrimaryCtxRetain");
  make_current();
}

Gpu::~Gpu() { cuda_->release_context(device_); }

void Gpu::make_current() const { cuda_.require(cuda_->set_context(context_), "cuCtxSetCurrent"); }

std::string Gpu::name() const {
  std::array<char, 256> text{};
  cuda_.require(cuda_->device_name(text.data(), static_cast<int>(text.size()), device_), "cuDeviceGetName");
  return text.data();
}

std::string Gpu::pci() const {
  std::array<char, 32> text{};
  cuda_.require(cuda_->device_pci(text.data(), static_cast<int>(text.size()), device_), "cuDeviceGetPCIBusId");
  std::string address = text.data();
  std::ranges::transform(address, address.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return address;
}

int Gpu::attribute(int which) const {
  int value = 0;
  cuda_.require(cuda_->device_attribute(&value, which, device_), "cuDeviceGetAttribute");
  return value;
}

int Gpu::capability() const { return 10 * attribute(kCudaCapabilityMajor) + attribute(kCudaCapabilityMinor); }

std::size_t Gpu::memory_bytes() const {
  std::size_t bytes = 0;
  cuda_.require(cuda_->device_memory(&bytes, device_), "cuDeviceTotalMem");
  return bytes;
}

GpuStream::GpuStream(const Gpu& gpu) : gpu_(gpu) {
  gpu.make_current();
  gpu.cuda().require(gpu.cuda()->create_stream(&stream_, kCudaStreamNonBlocking), "cuStreamCreate");
}

GpuStream::~GpuStream() { gpu_.cuda()->destroy_stream(stream_); }

void GpuStream::wait() const { gpu_.cuda().require(gpu_.cuda()->wait_stream(stream_), "cuStreamSynchronize"); }

bool GpuStream::is_done() const {
  const int code = gpu_.cuda()->query_stream(stream_);
  if (code != kCudaNotReady) {
    gpu_.cuda().require(code, "cuStreamQuery");
  }
  return code == kCudaSuccess;
}

GpuBuffer::GpuBuffer(const Gpu& gpu, std::size_t bytes) : gpu_(gpu), bytes_(bytes) {
  gpu.make_current();
  gpu.cuda().require(gpu.cuda()->allocate(&address_, std::max<std::size_t>(bytes, 1)), "cuMemAlloc");
}

GpuBuffer::~GpuBuffer() {
  gpu_.cuda()->set_context(gpu_.context());
  gpu_.cuda()->free(address_);
}

PinnedBuffer::PinnedBuffer(const Gpu& gpu, std::size_t bytes) : gpu_(gpu), bytes_(bytes) {
  gpu.make_current();
  gpu.cuda().require(gpu.cuda()->allocate_pinned(&data_, bytes, 0), "cuMemHostAlloc");
}

PinnedBuffer::~PinnedBuffer() {
  gpu_.cuda()->set_context(gpu_.context());
  gpu_.cuda()->free_pinned(data_);
}

GpuTimer::GpuTimer(const GpuStream& stream) : stream_(stream) {
  const auto& cuda = stream.gpu().cuda();
  stream.gpu().make_current();
  cuda.require(cuda->create_event(&start_, 0), "cuEventCreate");
  cuda.require(cuda->create_event(&stop_, 0), "cuEventCreate");
}

GpuTimer::~GpuTimer() {
  stream_.gpu().cuda()->destroy_event(start_);
  stream_.gpu().cuda()->destroy_event(stop_);
}

void GpuTimer::start() {
  const auto& cuda = stream_.gpu().cuda();
  cuda.require(cuda->record_event(start_, stream_.get()), "cuEventRecord");
}

void GpuTimer::stop() {
  const auto& cuda = stream_.gpu().cuda();
  cuda.require(cuda->record_event(stop_, stream_.get()), "cuEventRecord");
}

double GpuTimer::seconds() const {
  const auto& cuda = stream_.gpu().cuda();
  float milliseconds = 0;
  cuda.require(cuda->wait_event(stop_), "cuEventSynchronize");
  cuda.require(cuda->elapsed_ms(&milliseconds, start_, stop_), "cuEventElapsedTime");
  return static_cast<double>(milliseconds) * 1e-3;
}

GpuKernels::GpuKernels(const Gpu& gpu, std::span<const unsigned char> image) : gpu_(gpu) {
  if (image.empty()) {
    throw Error(kBuiltWithoutNvcc, ExitCode::nothing_measurable);
  }
  gpu.make_current();
  gpu.cuda().require(gpu.cuda()->load_module(&module_, image.data()), "cuModuleLoadData");
}

GpuKernels::~GpuKernels() {
  gpu_.cuda()->set_context(gpu_.context());
  gpu_.cuda()->unload_module(module_);
}

CudaFunction GpuKernels::function(const char* name) const {
  CudaFunction found = nullptr;
  gpu_.cuda().require(gpu_.cuda()->module_function(&found, module_, name), name);
  return found;
}

}  // namespace plumb::core
