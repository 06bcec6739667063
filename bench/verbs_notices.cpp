#include "bench/verbs_notices.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>

namespace plumb::bench {
namespace {

constexpr int kNoticeTag = 1, kSwapTag = 2;
constexpr std::size_t kTextBytes = 1000;

using TextBuffer = std::array<char, kTextBytes>;

TextBuffer cut_off(const std::string& text) {
  TextBuffer buffer{};
  std::copy_n(text.data(), std::min(text.size(), buffer.size() - 1), buffer.data());
  return buffer;
}

}  // namespace

struct VerbsNotices::Letter {
  struct Content {
    std::uint32_t connection = 0;
    TextBuffer text{};
  } content;
  MPI_Request request = MPI_REQUEST_NULL;
};

VerbsNotices::VerbsNotices(MPI_Comm parent) { MPI_Comm_dup(parent, &communicator_); }

VerbsNotices::~VerbsNotices() {
  if (std::uncaught_exceptions() > 0) {  // perhaps on this rank alone, so that nobody would come to meet it
    return;
  }
  MPI_Barrier(communicator_);
  (void)arrived();
  for (auto& letter : sent_) {
    MPI_Wait(&letter.request, MPI_STATUS_IGNORE);  // NOLINT(clang-analyzer-optin.mpi.MPI-Checker): of tell()
  }
  MPI_Comm_free(&communicator_);
}

void VerbsNotices::tell(const Notice& notice) {
  sent_.remove_if([](Letter& letter) {
    int is_done = 0;
    MPI_Test(&letter.request, &is_done, MPI_STATUS_IGNORE);
    return is_done != 0;
  });
  auto& letter = sent_.emplace_back();
  letter.content = {notice.connection, cut_off(notice.text)};
  MPI_Isend(&letter.content, sizeof(letter.content), MPI_BYTE, notice.peer, kNoticeTag, communicator_, &letter.request);
}  // NOLINT(clang-analyzer-optin.mpi.MPI-Checker): the destructor waits

std::vector<VerbsNotices::Notice> VerbsNotices::arrived() const {
  std::vector<Notice> notices;
  for (;;) {
    int has_arrived = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, kNoticeTag, communicator_, &has_arrived, &status);
    if (has_arrived == 0) {
      return notices;
    }
    Letter::Content content;
    MPI_Recv(&content, sizeof(content), MPI_BYTE, status.MPI_SOURCE, kNoticeTag, communicator_, MPI_STATUS_IGNORE);
    notices.push_back({status.MPI_SOURCE, content.connection, content.text.data()});
  }
}

void VerbsNotices::swap(int peer, const void* mine, void* theirs, std::size_t bytes) const {
  MPI_Sendrecv(mine, static_cast<int>(bytes), MPI_BYTE, peer, kSwapTag, theirs, static_cast<int>(bytes), MPI_BYTE, peer,
               kSwapTag, communicator_, MPI_STATUS_IGNORE);
}

std::string VerbsNotices::swap(int peer, const std::string& mine) const {
  const auto own = cut_off(mine);
  TextBuffer other{};
  swap(peer, own.data(), other.data(), own.size());
  return other.data();
}

}  // namespace plumb::bench
