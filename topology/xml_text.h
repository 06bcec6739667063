// An XML file in memory: well-formed, not nested without end, and able to say where something stands.
#pragma once

#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "topology/file_reader.h"

namespace plumb::topology {

class XmlText {
 public:
  /// Throws Error with file, line and column.
  explicit XmlText(const FileText& file);

  [[nodiscard]] pugi::xml_node root() const { return document_.document_element(); }
  /// Throws Error with the line of `at`.
  [[noreturn]] void fail(pugi::xml_node at, const std::string& message) const;

 private:
  [[noreturn]] void fail_at(std::size_t offset, const std::string& message) const;
  void refuse_deep() const;

  const FileText& file_;
  pugi::xml_document document_;
};

/// The name of the first element of a text that may be cut off; empty when it is no XML.
std::string_view xml_root_name(std::string_view head);

/// A number at the beginning of an attribute: 32 of "32.0 GT/s PCIe"; nothing when there is none.
std::optional<double> number_in(std::string_view text);

}  // namespace plumb::topology
