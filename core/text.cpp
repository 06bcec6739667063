#include "core/text.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace plumb::core {
namespace {

/// The length that a UTF-8 character's first byte promises; 0 when none begins so.
std::size_t promised_bytes(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/// A control character (C0, DEL, C1), or no character at all: a surrogate, U+FFFE, U+FFFF, beyond Unicode.
bool is_unprintable(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000) || code == 0xfffe ||
         code == 0xffff || code > 0x10ffff;
}

/// Bytes of the character that `text` begins with; 0 when it is not to be shown as it is. RFC 3629.
std::size_t printable_bytes(std::string_view text) {
  static constexpr std::uint32_t kLeadBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  static constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  const auto bytes = promised_bytes(lead);
  if (bytes == 0 || bytes > text.size()) {
    return 0;
  }
  std::uint32_t code = lead & kLeadBits[bytes];
  for (const char c : text.substr(1, bytes - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0U) != 0x80U) {
      return 0;
    }
    code = code << 6U | (byte & 0x3fU);
  }
  return code < kSmallest[bytes] || is_unprintable(code) ? 0 : bytes;
}

}  // namespace

std::string printable(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto bytes = printable_bytes(text);
    if (bytes > 0) {
      out += text.substr(0, bytes);
    } else {
      const auto byte = static_cast<unsigned char>(text.front());
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return out;
}

std::string file_name_part(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_' && c != '-'; },
      '_');
  if (out.empty() || out.front() == '.') {
    out.insert(out.begin(), '_');
  }
  return out;
}

std::string plural(const std::string& noun) {
  return noun.ends_with("leaf") ? noun.substr(0, noun.size() - 1) + "ves" : noun + (noun.ends_with("ch") ? "es" : "s");
}

}  // namespace plumb::core
