#include "topology/xml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"

namespace plumb::topology {
namespace {

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

}  // namespace

XmlText::XmlText(const FileText& file) : file_(file) {
  const auto result =
      document_.load_buffer(file.text.data(), file.text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result) {
    fail_at(static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)),
            fmt::format("expected well-formed XML: {}", result.description()));
  }
  refuse_deep();
}

void XmlText::fail(pugi::xml_node at, const std::string& message) const {
  fail_at(static_cast<std::size_t>(std::max<std::ptrdiff_t>(at.offset_debug(), 0)), message);
}

void XmlText::fail_at(std::size_t offset, const std::string& message) const {
  const auto before = std::string_view(file_.text).substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  throw core::Error(fmt::format("{}:{}:{}: {}", file_.name, line, column, message));
}

/// Those who walk over the document, here and in hwloc, go down by recursion.
void XmlText::refuse_deep() const {
  constexpr int kDeepest = 100;
  int depth = 0;
  for (auto node = root(); node;) {
    if (depth > kDeepest) {
      fail(node, fmt::format("expected elements nested less than {} deep", kDeepest));
    }
    if (node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && !node.next_sibling() && depth > 0) {
      node = node.parent();
      --depth;
    }
    node = depth > 0 ? node.next_sibling() : pugi::xml_node();
  }
}

std::string_view xml_root_name(std::string_view head) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // of the byte order
  head.remove_prefix(head.starts_with(kMark) ? kMark.size() : 0);
  for (head = without_blanks(head); head.starts_with('<'); head = without_blanks(head)) {
    const std::string_view end = head.starts_with("<!--") ? "-->" : head.starts_with("<?") ? "?>" : ">";
    if (!head.starts_with("<!") && !head.starts_with("<?")) {
      const auto name = head.substr(1);
      return name.substr(0, name.find_first_of(" \t\r\n/>"));
    }
    const auto at = head.find(end);
    head.remove_prefix(at == std::string_view::npos ? head.size() : at + end.size());
  }
  return "";
}

std::optional<double> number_in(std::string_view text) {
  text = without_blanks(text);
  double value = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  constexpr double kMost = 1e15;  // and not infinite
  return error == std::errc() && std::abs(value) < kMost ? std::optional(value) : std::nullopt;
}

}  // namespace plumb::topology
