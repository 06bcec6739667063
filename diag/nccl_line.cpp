#include "diag/nccl_line.h"

#include <algorithm>
#include <charconv>

namespace plumb::diag {
namespace {

constexpr std::string_view kInfo = "NCCL INFO ", kWarn = "NCCL WARN ";

struct Mark {
  std::size_t at = std::string_view::npos;
  NcclLevel level = NcclLevel::info;
};

Mark next_mark(std::string_view line, std::size_t from) {
  for (auto at = line.find("NCCL ", from); at != std::string_view::npos; at = line.find("NCCL ", at + 1)) {
    const auto rest = line.substr(at);
    if (rest.starts_with(kInfo)) {
      return {at, NcclLevel::info};
    }
    if (rest.starts_with(kWarn)) {
      return {at, NcclLevel::warn};
    }
  }
  return {};
}

/// Takes the last word off `head`, and the spaces around it.
std::string_view take_last_word(std::string_view& head) {
  const auto last = head.find_last_not_of(' ');
  head = head.substr(0, last == std::string_view::npos ? 0 : last + 1);
  const auto space = head.find_last_of(" \t");
  const auto word = space == std::string_view::npos ? head : head.substr(space + 1);
  head.remove_suffix(word.size());
  return word;
}

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/// A name that was made anonymous, "<node>", is all that stands there.
std::string_view host_in(std::string_view word) {
  const auto colon = word.rfind(':');
  const auto name = colon == std::string_view::npos || colon + 1 == word.size() ? word : word.substr(colon + 1);
  const auto other = std::find_if_not(name.rbegin(), name.rend(), is_of_name);
  const auto length = static_cast<std::size_t>(other - name.rbegin());
  return length == 0 ? name : name.substr(name.size() - length);
}

bool take_number(std::string_view& word, std::int64_t& number) {
  const auto colon = word.rfind(':');
  const auto found = colon == std::string_view::npos ? std::nullopt : number_at(word.substr(colon + 1));
  if (found) {
    number = *found;
    word = word.substr(0, colon);
  }
  return found.has_value();
}

/// "[3]" at the end of `head`; 2.12 leaves it out where a thread has no device.
void take_device(std::string_view& head, NcclLine& line) {
  auto rest = head;
  const auto word = take_last_word(rest);
  const auto open = word.rfind('[');
  if (open == std::string_view::npos || !word.ends_with(']')) {
    return;
  }
  if (const auto device = number_at(word.substr(open + 1))) {
    line.device = static_cast<int>(*device);
    head = rest;
  }
}

/// "misc/socket.cc:49", from 2.30 with the function behind it.
void take_source(std::string_view& head, NcclLine& line) {
  auto word = take_last_word(head);
  if (word.starts_with('(')) {
    word = take_last_word(head);
  }
  line.source = word;
}

/// Where in the line the head of the message begins.
std::size_t read_head(std::string_view head, NcclLine& line) {
  const auto* begin = head.data();
  if (line.level == NcclLevel::warn) {
    take_source(head, line);
  }
  take_device(head, line);
  auto word = take_last_word(head);
  const auto* word_begin = word.data();
  auto names = word;
  if (take_number(names, line.thread) && take_number(names, line.pid)) {
    line.host = host_in(names);
    return static_cast<std::size_t>(line.host.data() - begin);
  }
  line.thread = line.pid = 0;
  return static_cast<std::size_t>(word_begin + word.size() - begin);
}

}  // namespace

std::optional<std::int64_t> number_at(std::string_view text, int base) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> number_after(std::string_view text, std::string_view word, int base) {
  const auto at = text.find(word);
  return at == std::string_view::npos ? std::nullopt : number_at(text.substr(at + word.size()), base);
}

std::string_view word_after(std::string_view text, std::string_view word) {
  const auto at = text.find(word);
  if (at == std::string_view::npos) {
    return {};
  }
  const auto rest = text.substr(at + word.size());
  return rest.substr(0, rest.find_first_of(" ,"));
}

int for_each_nccl_message(std::string_view text, const std::function<void(const NcclLine&)>& visit) {
  int count = 0;
  std::size_t begin = 0;
  for (auto mark = next_mark(text, 0); mark.at != std::string_view::npos; ++count) {
    NcclLine line{.level = mark.level};
    read_head(text.substr(begin, mark.at - begin), line);
    const auto body = mark.at + kInfo.size();
    mark = next_mark(text, body);
    auto end = text.size();
    if (mark.at != std::string_view::npos) {
      NcclLine next{.level = mark.level};
      end = body + read_head(text.substr(body, mark.at - body), next);
    }
    line.text = text.substr(body, end - body);
    begin = end;
    visit(line);
  }
  return count;
}

}  // namespace plumb::diag
