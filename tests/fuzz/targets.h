// What is fuzzed: every reader of text that comes from elsewhere, by the name of its folder in tests/fuzz/corpus.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "topology/file_reader.h"

namespace plumb::test {

struct FuzzTarget {
  std::string_view name;
  /// Reads `text` as a file and makes a map of it, if it is one. Returns what was refused, empty if nothing was.
  /// Anything but core::Error passes through: a bug.
  std::string (*read)(const std::string& text);
  void (*of_topology)(const topology::FileText&, topology::GraphBuilder&) = nullptr;  // the row of readers.h
};

std::span<const FuzzTarget> fuzz_targets();

/// Why the refusal is not one that a user could act on; empty when it is: it begins with the file's name and has no
/// control characters, which a terminal would obey.
std::string flaw_of(std::string_view refusal);

}  // namespace plumb::test
