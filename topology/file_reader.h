// The files that a map can come from. A format is one row of a table and one file with two functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "topology/graph.h"

namespace plumb::topology {

/// A file's content and the name that errors give it.
struct FileText {
  std::string name, text;
  std::string host;  // where it was taken, if the user said so; for formats that tell of one host
};

/// The host that a file of one host tells of: what the user said, else the file's name without what it is, "n05" of
/// "/tmp/lldp.n05.json", "n05.json0", "n05.lldp.json" and "n05.nccl.xml".
std::string host_of(const FileText& file);

/// Walks over a text by lines and counts them, from 1.
class Lines {
 public:
  explicit Lines(const FileText& file) : file_(file), rest_(file.text) {}
  /// The next line, without its line end (LF or CRLF); false at the end.
  bool next(std::string_view& line);
  [[nodiscard]] std::size_t number() const { return number_; }
  /// Throws Error "FILE:LINE: message". Quote what the file says with core::printable.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  const FileText& file_;
  std::string_view rest_;
  std::size_t number_ = 0;
};

struct FileReader {
  std::string_view format;
  /// From the first kilobytes of a file. At most one reader recognises a file.
  bool (*recognises)(std::string_view head);
  /// Adds what the file tells. Throws Error with file, line and what was expected; never crashes, whatever the text.
  void (*read)(const FileText& file, GraphBuilder& builder);
};

std::span<const FileReader> file_readers();

/// The reader that recognises `head`. Throws Error that lists the formats when none does.
const FileReader& reader_of(const FileText& file);

}  // namespace plumb::topology
