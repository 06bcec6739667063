#include "bench/mpi_backend.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "bench/mpi_half.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

MPI_Op native_op(ReduceOp op) {
  switch (op) {
    case ReduceOp::prod:
      return MPI_PROD;
    case ReduceOp::min:
      return MPI_MIN;
    case ReduceOp::max:
      return MPI_MAX;
    case ReduceOp::sum:
    case ReduceOp::avg:
      break;
  }
  return MPI_SUM;
}

MPI_Datatype native_type(ElementType type) {
  switch (type) {
    case ElementType::int8:
      return MPI_INT8_T;
    case ElementType::uint8:
      return MPI_UINT8_T;
    case ElementType::int32:
      return MPI_INT32_T;
    case ElementType::uint32:
      return MPI_UINT32_T;
    case ElementType::int64:
      return MPI_INT64_T;
    case ElementType::uint64:
      return MPI_UINT64_T;
    case ElementType::float32:
      return MPI_FLOAT;
    case ElementType::float64:
      return MPI_DOUBLE;
    case ElementType::half:
    case ElementType::bfloat16:
      break;
  }
  return MPI_UINT16_T;
}

int mpi_count(std::int64_t count) {
  if (count > std::numeric_limits<int>::max()) {
    throw core::Error(fmt::format("{} elements are more than an MPI call can count; use a wider type", count));
  }
  return static_cast<int>(count);
}

void require_success(int code, const char* call) {
  if (code != MPI_SUCCESS) {
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    throw core::Error(fmt::format("{}: {}", call, std::string_view(text.data(), static_cast<std::size_t>(length))));
  }
}

/// Buffers and arguments that every MPI collective needs.
class MpiOperation : public Operation {
 public:
  MpiOperation(MPI_Comm communicator, const Case& one)
      : communicator_(communicator),
        case_(one),
        count_(mpi_count(one.count)),
        type_(native_type(one.type)),
        send_(static_cast<std::size_t>(one.send_elements()) * size_of(one.type)),
        receive_(one.in_place ? 0 : static_cast<std::size_t>(one.receive_elements()) * size_of(one.type)) {}

  std::span<std::byte> send_buffer() override { return send_; }
  std::span<std::byte> receive_buffer() override { return case_.in_place ? std::span(send_) : std::span(receive_); }

 protected:
  [[nodiscard]] const void* source() const {
    return case_.in_place ? MPI_IN_PLACE : static_cast<const void*>(send_.data());
  }
  void* target() { return receive_buffer().data(); }

  MPI_Comm communicator_;
  Case case_;
  int count_;
  MPI_Datatype type_;

 private:
  std::vector<std::byte> send_, receive_;
};

class AllReduce final : public MpiOperation {
 public:
  AllReduce(MPI_Comm communicator, const Case& one)
      : MpiOperation(communicator, one), op_(one.type, one.op), native_(native_op(one.op)) {}

  void run() override {
    const MPI_Op op = op_.exists() ? op_.get() : native_;
    require_success(MPI_Allreduce(source(), target(), count_, type_, op, communicator_), "MPI_Allreduce");
    if (case_.op == ReduceOp::avg) {  // MPI has no average: dividing is part of the operation, and of its time
      divide_elements(case_.type, receive_buffer(), case_.ranks);
    }
  }

 private:
  HalfOp op_;
  MPI_Op native_;
};

class AllToAll final : public MpiOperation {
 public:
  using MpiOperation::MpiOperation;
  void run() override {
    require_success(MPI_Alltoall(source(), count_, type_, target(), count_, type_, communicator_), "MPI_Alltoall");
  }
};

class MpiBackend final : public Backend {
 public:
  explicit MpiBackend(MPI_Comm parent) {
    MPI_Comm_dup(parent, &communicator_);
    MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN);
  }
  ~MpiBackend() override { MPI_Comm_free(&communicator_); }
  MpiBackend(const MpiBackend&) = delete;
  MpiBackend& operator=(const MpiBackend&) = delete;

  [[nodiscard]] std::string name() const override { return "mpi"; }
  [[nodiscard]] std::string version() const override { return mpi_library_version(); }

  std::unique_ptr<Operation> prepare(const Case& one) override {
    switch (one.collective->kind) {
      case CollectiveKind::allreduce:
        return std::make_unique<AllReduce>(communicator_, one);
      case CollectiveKind::alltoall:
        return std::make_unique<AllToAll>(communicator_, one);
    }
    throw core::Error(fmt::format("the mpi backend has no {}", one.collective->title));
  }

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
};

}  // namespace

std::string mpi_library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string_view all(text.data(), static_cast<std::size_t>(length));
  return std::string(all.substr(0, all.find_first_of(std::string_view("\n\0", 2))));
}

std::unique_ptr<Backend> make_mpi_backend(MPI_Comm parent) { return std::make_unique<MpiBackend>(parent); }

}  // namespace plumb::bench
