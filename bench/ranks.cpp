#include "bench/ranks.h"

#include <array>

namespace plumb::bench {

Ranks::Ranks(MPI_Comm parent) {
  MPI_Comm_dup(parent, &communicator_);
  MPI_Comm_rank(communicator_, &rank_);
  MPI_Comm_size(communicator_, &size_);
}

Ranks::~Ranks() { MPI_Comm_free(&communicator_); }

void Ranks::barrier() const { MPI_Barrier(communicator_); }

bool Ranks::all(bool mine) const {
  int value = mine ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MIN, communicator_);
  return value == 1;
}

std::int64_t Ranks::sum(std::int64_t mine) const {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_INT64_T, MPI_SUM, communicator_);
  return mine;
}

std::int64_t Ranks::broadcast(std::int64_t value, int root) const {
  MPI_Bcast(&value, 1, MPI_INT64_T, root, communicator_);
  return value;
}

std::string Ranks::broadcast(const std::string& text, int root) const {
  std::string copy = text;
  copy.resize(static_cast<std::size_t>(broadcast(static_cast<std::int64_t>(text.size()), root)));
  MPI_Bcast(copy.data(), static_cast<int>(copy.size()), MPI_CHAR, root, communicator_);
  return copy;
}

void Ranks::max_in_place(std::span<double> values) const {
  MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_MAX, communicator_);
}

void Ranks::min_in_place(std::span<double> values) const {
  MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_MIN, communicator_);
}

std::vector<ValueAtRank> Ranks::max_with_rank(std::span<const double> values) const {
  std::vector<ValueAtRank> result;
  for (const double value : values) {
    result.push_back({value, rank_});
  }
  MPI_Allreduce(MPI_IN_PLACE, result.data(), static_cast<int>(result.size()), MPI_DOUBLE_INT, MPI_MAXLOC,
                communicator_);
  return result;
}

std::vector<std::string> Ranks::gather_everywhere(const std::string& mine) const {
  const auto count = static_cast<std::size_t>(size_);
  std::vector<int> lengths(count);
  const int length = static_cast<int>(mine.size());
  MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, communicator_);
  std::vector<int> offsets(count);
  int total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    offsets[i] = total;
    total += lengths[i];
  }
  std::string joined(static_cast<std::size_t>(total), ' ');
  MPI_Allgatherv(mine.data(), length, MPI_CHAR, joined.data(), lengths.data(), offsets.data(), MPI_CHAR, communicator_);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(joined.substr(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(lengths[i])));
  }
  return texts;
}

std::vector<std::string> Ranks::gather(const std::string& mine) const {
  auto texts = gather_everywhere(mine);
  return first() ? texts : std::vector<std::string>{};
}

std::vector<double> Ranks::gather(std::span<const double> values) const {
  const int count = static_cast<int>(values.size());
  std::vector<double> all(first() ? values.size() * static_cast<std::size_t>(size_) : 0);
  MPI_Gather(values.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, 0, communicator_);
  return all;
}

std::string Ranks::swap(int peer, const std::string& mine) const {
  constexpr int kTag = 1;
  const int length = static_cast<int>(mine.size());
  int other = 0;
  MPI_Sendrecv(&length, 1, MPI_INT, peer, kTag, &other, 1, MPI_INT, peer, kTag, communicator_, MPI_STATUS_IGNORE);
  std::string theirs(static_cast<std::size_t>(other), ' ');
  MPI_Sendrecv(mine.data(), length, MPI_CHAR, peer, kTag, theirs.data(), other, MPI_CHAR, peer, kTag, communicator_,
               MPI_STATUS_IGNORE);
  return theirs;
}

std::string host_name() {
  std::array<char, MPI_MAX_PROCESSOR_NAME + 1> name{};
  int length = 0;
  MPI_Get_processor_name(name.data(), &length);
  return {name.data(), static_cast<std::size_t>(length)};
}

}  // namespace plumb::bench
