#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>

#include "topology/host_tree.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kMaxDigits = 9;  // longer ones are serial numbers, not places in a row

struct Number {
  std::uint64_t value = 0;
  std::string digits;
  bool operator<(const Number& other) const {
    return digits.size() != other.digits.size() && value == other.value ? digits.size() < other.digits.size()
                                                                        : value < other.value;
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Length of what stands before the digits at the end; all of it when there are none to count by.
std::size_t prefix_length(const std::string& name) {
  std::size_t length = name.size();
  while (length > 0 && is_digit(name[length - 1])) {
    --length;
  }
  return length == 0 || name.size() - length > kMaxDigits ? name.size() : length;
}

/// 9 and 10 follow each other, and so do 009 and 010, but not 09 and 010.
bool follows(const Number& first, const Number& last, const Number& next) {
  const bool is_padded = first.digits.size() > 1 && first.digits.front() == '0';
  const bool may_grow = !is_padded && next.digits.front() != '0';
  return next.value == last.value + 1 && (next.digits.size() == first.digits.size() || may_grow);
}

std::string ranges_of(std::vector<Number>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::string text;
  for (std::size_t first = 0, next = 1; first < numbers.size(); first = next++) {
    while (next < numbers.size() && follows(numbers[first], numbers[next - 1], numbers[next])) {
      ++next;
    }
    text += (text.empty() ? "" : ",") + numbers[first].digits;
    text += next - first > 1 ? "-" + numbers[next - 1].digits : "";
  }
  return numbers.size() > 1 ? "[" + text + "]" : text;
}

}  // namespace

std::string host_ranges(const std::vector<std::string>& names) {
  std::map<std::string, std::vector<Number>> by_prefix;
  for (const auto& name : names) {
    const auto length = prefix_length(name);
    auto& numbers = by_prefix[name.substr(0, length)];
    if (length < name.size()) {
      Number number{0, name.substr(length)};
      std::from_chars(name.data() + length, name.data() + name.size(), number.value);
      numbers.push_back(std::move(number));
    } else {
      numbers.push_back({});  // the name alone
    }
  }
  std::string text;
  for (auto& [prefix, numbers] : by_prefix) {
    const bool is_alone = std::erase_if(numbers, [](const Number& number) { return number.digits.empty(); }) > 0;
    text += is_alone ? (text.empty() ? "" : ",") + prefix : "";
    text += numbers.empty() ? "" : (text.empty() ? "" : ",") + prefix + ranges_of(numbers);
  }
  return text;
}

}  // namespace plumb::topology
