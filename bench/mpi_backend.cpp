#include "bench/mpi_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "bench/mpi_half.h"
#include "bench/reduction.h"
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
    case ReduceOp::mulsum:
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
    case ElementType::e4m3:
    case ElementType::e5m2:
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

int rank_in(MPI_Comm communicator) {
  int rank = 0;
  MPI_Comm_rank(communicator, &rank);
  return rank;
}

/// Arguments of one call, in MPI's terms.
struct Arguments {
  const Case& one;
  int rank;
  void* source;  // MPI_IN_PLACE when in place
  void* target;  // what MPI writes; in place the whole buffer
  int count;
  MPI_Datatype type;
  MPI_Op op;
  MPI_Comm communicator;
};

int all_reduce(const Arguments& a) { return MPI_Allreduce(a.source, a.target, a.count, a.type, a.op, a.communicator); }

int all_to_all(const Arguments& a) {
  return MPI_Alltoall(a.source, a.count, a.type, a.target, a.count, a.type, a.communicator);
}

int all_gather(const Arguments& a) {
  return MPI_Allgather(a.source, a.count, a.type, a.target, a.count, a.type, a.communicator);
}

/// In place MPI leaves the result at the start; moving it to the rank's slot is part of the operation.
int reduce_scatter(const Arguments& a) {
  const int code = MPI_Reduce_scatter_block(a.source, a.target, a.count, a.type, a.op, a.communicator);
  if (code == MPI_SUCCESS && a.one.in_place && a.rank > 0) {
    const std::size_t bytes = static_cast<std::size_t>(a.count) * size_of(a.one.type);
    auto* const start = static_cast<std::byte*>(a.target);
    std::memcpy(start + static_cast<std::size_t>(a.rank) * bytes, start, bytes);
  }
  return code;
}

/// MPI broadcasts in place only; out of place the root's own copy is part of the operation, as in NCCL.
int broadcast(const Arguments& a) {
  const bool from_source = a.rank == a.one.root && !a.one.in_place;
  void* const buffer = from_source ? a.source : a.target;
  const int code = MPI_Bcast(buffer, a.count, a.type, a.one.root, a.communicator);
  if (from_source) {
    std::memcpy(a.target, a.source, static_cast<std::size_t>(a.count) * size_of(a.one.type));
  }
  return code;
}

int reduce(const Arguments& a) {
  const bool sends_target = a.one.in_place && a.rank != a.one.root;  // MPI_IN_PLACE is for the root alone
  return MPI_Reduce(sends_target ? a.target : a.source, a.target, a.count, a.type, a.op, a.one.root, a.communicator);
}

int send_receive(const Arguments& a) {
  const int next = (a.rank + 1) % a.one.ranks;
  const int previous = (a.rank - 1 + a.one.ranks) % a.one.ranks;
  return MPI_Sendrecv(a.source, a.count, a.type, next, 0, a.target, a.count, a.type, previous, 0, a.communicator,
                      MPI_STATUS_IGNORE);
}

struct Call {
  CollectiveKind kind;
  const char* name;
  int (*function)(const Arguments&);
};

constexpr Call kCalls[] = {
    {CollectiveKind::allreduce, "MPI_Allreduce", all_reduce},
    {CollectiveKind::alltoall, "MPI_Alltoall", all_to_all},
    {CollectiveKind::allgather, "MPI_Allgather", all_gather},
    {CollectiveKind::reducescatter, "MPI_Reduce_scatter_block", reduce_scatter},
    {CollectiveKind::broadcast, "MPI_Bcast", broadcast},
    {CollectiveKind::reduce, "MPI_Reduce", reduce},
    {CollectiveKind::sendrecv, "MPI_Sendrecv", send_receive},
};

std::size_t bytes_of(const Case& one, std::int64_t elements) {
  return static_cast<std::size_t>(elements) * size_of(one.type);
}

class MpiOperation final : public Operation {
 public:
  MpiOperation(MPI_Comm communicator, const Case& one, const Call& call)
      : case_(one),
        call_(call),
        count_(mpi_count(one.count)),  // before the buffers: a count beyond MPI's is refused without allocating it
        half_op_(one.type, one.op),
        send_(one.in_place ? 0 : bytes_of(one, one.send_elements())),
        receive_(one.in_place ? static_cast<std::size_t>(one.bytes()) : bytes_of(one, one.receive_elements())),
        arguments_{.one = case_,
                   .rank = rank_in(communicator),
                   .source = one.in_place ? MPI_IN_PLACE : send_.data(),
                   .target = receive_.data(),
                   .count = count_,
                   .type = native_type(one.type),
                   .op = half_op_.exists() ? half_op_.get() : native_op(one.op),
                   .communicator = communicator} {}

  std::span<std::byte> send_buffer() override { return case_.in_place ? part(case_.send_elements()) : send_; }
  std::span<std::byte> receive_buffer() override { return case_.in_place ? part(case_.receive_elements()) : receive_; }

  void run() override {
    if (case_.op == ReduceOp::mulsum && case_.collective->reduces) {  // MPI has none: it is part of the operation
      multiply();
    }
    require_success(call_.function(arguments_), call_.name);
    const bool has_result = !case_.collective->rooted || arguments_.rank == case_.root;
    if (case_.op == ReduceOp::avg && has_result) {  // MPI has no average: dividing is part of the operation
      divide_elements(case_.type, receive_buffer(), case_.ranks);
    }
  }

 private:
  void multiply() {
    if (!case_.in_place) {
      multiplied_ = send_;
      arguments_.source = multiplied_.data();
    }
    premultiply(case_.type, arguments_.rank, case_.in_place ? send_buffer() : multiplied_);
  }

  /// In place: the whole buffer, or this rank's slot of it.
  std::span<std::byte> part(std::int64_t elements) {
    const auto bytes = bytes_of(case_, elements);
    const std::span<std::byte> whole(receive_);
    return bytes == whole.size() ? whole : whole.subspan(static_cast<std::size_t>(arguments_.rank) * bytes, bytes);
  }

  Case case_;
  const Call& call_;
  int count_;
  HalfOp half_op_;
  std::vector<std::byte> send_, receive_;  // in place only the second, as large as the larger
  std::vector<std::byte> multiplied_;      // of mulsum: what is sent
  Arguments arguments_;
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
    const auto* call = std::ranges::find(kCalls, one.collective->kind, &Call::kind);
    if (call != std::end(kCalls)) {
      return std::make_unique<MpiOperation>(communicator_, one, *call);
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
