#include "bench/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <map>
#include <string_view>

#include "core/error.h"

namespace plumb::bench {
namespace {

struct Word {
  std::string_view name, sign;
  Split::By by;
};
constexpr Word kWords[] = {{"AND", "&", Split::By::bits_and},
                           {"OR", "|", Split::By::bits_or},
                           {"MOD", "%", Split::By::remainder},
                           {"DIV", "/", Split::By::quotient}};

std::string_view without(std::string_view text, std::string_view prefix) {
  text.remove_prefix(std::min(text.size(), prefix.size()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::ranges::equal(text.substr(0, word.size()), word, [](char a, char b) {
           return std::toupper(static_cast<unsigned char>(a)) == b;
         });
}

/// Decimal, 0x or 0b; throws UsageError.
unsigned number_of(std::string_view digits, const std::string& text) {
  const int base = digits.starts_with("0x") ? 16 : digits.starts_with("0b") ? 2 : 10;
  digits.remove_prefix(base == 10 ? 0 : 2);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty()) {
    throw core::UsageError(fmt::format("--split {}: give a number such as 8, 0x7 or 0b111", text));
  }
  return value;
}

}  // namespace

unsigned Split::colour_of(int rank) const {
  const auto number = static_cast<unsigned>(rank);
  switch (by) {
    case By::bits_and:
      return number & value;
    case By::bits_or:
      return number | value;
    case By::remainder:
      return number % value;
    case By::quotient:
      return number / value;
    case By::nothing:
      break;
  }
  return 0;
}

Split parse_split(const std::string& text) {
  if (text.empty()) {
    return {};
  }
  for (const auto& word : kWords) {
    const auto prefix = starts_with_word(text, word.name) ? word.name : word.sign;
    if (starts_with_word(text, prefix)) {
      const Split split{word.by, number_of(without(text, prefix), text)};
      if (split.value == 0 && (split.by == Split::By::remainder || split.by == Split::By::quotient)) {
        break;
      }
      return split;
    }
  }
  throw core::UsageError(
      fmt::format("--split {}: write AND, OR, MOD or DIV (&, |, %, /) and a number, such as MOD 8", text));
}

std::vector<int> groups_of(const Split& split, int ranks) {
  std::map<unsigned, int> sizes;
  for (int rank = 0; rank < ranks; ++rank) {
    ++sizes[split.colour_of(rank)];
  }
  const auto [least, most] = std::ranges::minmax_element(sizes, {}, [](const auto& one) { return one.second; });
  if (split.splits() && (least->second != most->second || most->second == 1)) {
    throw core::UsageError(
        fmt::format("--split makes groups of {} to {} of {} ranks; they have to be of one size, and of two at least",
                    least->second, most->second, ranks));
  }
  std::vector<int> groups;
  for (int rank = 0; rank < ranks; ++rank) {
    groups.push_back(static_cast<int>(std::distance(sizes.begin(), sizes.find(split.colour_of(rank)))));
  }
  return groups;
}

}  // namespace plumb::bench
