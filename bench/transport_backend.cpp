#include "bench/transport_backend.h"

#include <algorithm>

#include "bench/collective_algorithms.h"

namespace plumb::bench {
namespace {

std::unique_ptr<Operation> make_all_reduce(const Points& points, const Case& one) {
  const bool is_large = one.bytes() >= points.ranks * kRingBytesPerRank;
  return is_large && points.ranks > 1 ? make_ring_all_reduce(points, one) : make_recursive_doubling(points, one);
}

struct Algorithm {
  CollectiveKind kind;
  std::unique_ptr<Operation> (*make)(const Points& points, const Case& one);
};

constexpr Algorithm kAlgorithms[] = {
    {CollectiveKind::allreduce, make_all_reduce},      {CollectiveKind::alltoall, make_pairwise_exchange},
    {CollectiveKind::allgather, make_ring_all_gather}, {CollectiveKind::reducescatter, make_ring_reduce_scatter},
    {CollectiveKind::broadcast, make_tree_broadcast},  {CollectiveKind::reduce, make_tree_reduce},
    {CollectiveKind::sendrecv, make_ring_shift},
};

class TransportBackend final : public Backend {
 public:
  TransportBackend(std::unique_ptr<Transport> transport, int rank, int ranks)
      : transport_(std::move(transport)), points_{*transport_, rank, ranks} {}

  [[nodiscard]] std::string name() const override { return transport_->name(); }
  [[nodiscard]] std::string version() const override { return transport_->version(); }

  [[nodiscard]] std::vector<core::CheckRow> checks() const override { return transport_->checks(); }

  std::unique_ptr<Operation> prepare(const Case& one) override {
    return std::ranges::find(kAlgorithms, one.collective->kind, &Algorithm::kind)->make(points_, one);
  }

 private:
  std::unique_ptr<Transport> transport_;
  Points points_;
};

}  // namespace

std::unique_ptr<Backend> make_transport_backend(std::unique_ptr<Transport> transport, int rank, int ranks) {
  return std::make_unique<TransportBackend>(std::move(transport), rank, ranks);
}

}  // namespace plumb::bench
