// Word between ranks, over MPI, that a connection has failed: who only receives hears of it in no other way.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <list>
#include <string>
#include <vector>

namespace plumb::bench {

class VerbsNotices {
 public:
  /// On a duplicate of `parent`. Called by all ranks.
  explicit VerbsNotices(MPI_Comm parent);
  /// Called by all ranks. What nobody took is dropped.
  ~VerbsNotices();
  VerbsNotices(const VerbsNotices&) = delete;
  VerbsNotices& operator=(const VerbsNotices&) = delete;

  struct Notice {
    int peer = 0;
    std::uint32_t connection = 0;  // which of those that were made to this peer
    std::string text;
  };
  /// Returns at once.
  void tell(const Notice& notice);
  /// Those that have arrived since the last call, from anybody. Returns at once.
  [[nodiscard]] std::vector<Notice> arrived() const;

  /// Sends `mine` to `peer` and returns what it sends; both call. As many bytes each.
  void swap(int peer, const void* mine, void* theirs, std::size_t bytes) const;
  /// The same of a text, which is cut off at some hundred characters.
  [[nodiscard]] std::string swap(int peer, const std::string& mine) const;

 private:
  struct Letter;
  MPI_Comm communicator_ = MPI_COMM_NULL;
  std::list<Letter> sent_;  // until MPI needs them no more
};

}  // namespace plumb::bench
