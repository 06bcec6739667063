#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kFewestHosts = 3;  // of two that differ, neither is odd
constexpr std::size_t kLongText = 60;
constexpr std::size_t kValuesNamed = 4;  // of a fleet that splits, or of the odd hosts

/// The value that a host told last, by host, in order of ids; and where it stands.
using Told = std::map<std::string, const HostFact*>;

struct Value {
  std::string text;
  std::vector<std::pair<std::string, const HostFact*>> hosts;
};

/// The most frequent first; equally frequent ones in the order of their texts.
std::vector<Value> values_of(const Evidence& evidence, const Told& told) {
  std::map<std::string, Value> by_text;
  for (const auto& [host, fact] : told) {
    auto& value = by_text[evidence.words[fact->value]];
    value.text = evidence.words[fact->value];
    value.hosts.emplace_back(host, fact);
  }
  std::vector<Value> values;
  for (auto& [text, value] : by_text) {
    values.push_back(std::move(value));
  }
  std::ranges::stable_sort(values, std::ranges::greater(), [](const Value& value) { return value.hosts.size(); });
  return values;
}

std::multiset<std::string> words_in(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string words_missing(const std::multiset<std::string>& from, const std::multiset<std::string>& in) {
  std::vector<std::string> missing;
  std::ranges::set_difference(in, from, std::back_inserter(missing));
  return fmt::format("{}", fmt::join(missing, " "));
}

bool is_long(const std::string& text) { return text.size() > kLongText; }

/// How a long text, such as a kernel's command line, differs from the usual one: "with quiet, without iommu=pt". Short
/// ones are told whole.
std::string beside(const std::string& usual, const std::string& text) {
  if (!is_long(usual) && !is_long(text)) {
    return text;
  }
  const auto of_usual = words_in(usual), of_text = words_in(text);
  const auto more = words_missing(of_usual, of_text), less = words_missing(of_text, of_usual);
  return more.empty() && less.empty() ? "the same words in another order"
         : less.empty()               ? "with " + more
         : more.empty()               ? "without " + less
                                      : "with " + more + " and without " + less;
}

std::string on_hosts(const std::string& text, std::size_t count) {
  return fmt::format("{} on {} {}", text, count, count == 1 ? "host" : "hosts");
}

/// "560.35.03 on 12 hosts, 470.1 on 1 host".
std::string words_of(const std::string& usual, std::span<const Value> values) {
  std::vector<std::string> words;
  for (const auto& value : values.first(std::min(values.size(), kValuesNamed))) {
    words.push_back(on_hosts(beside(usual, value.text), value.hosts.size()));
  }
  const auto rest = values.size() > kValuesNamed ? fmt::format(", and {} others", values.size() - kValuesNamed) : "";
  return fmt::format("{}{}", fmt::join(words, ", "), rest);
}

CheckSource row_of(const Evidence& evidence, const std::string& check, const std::vector<Value>& values,
                   std::size_t hosts) {
  const auto& usual = values.front();
  const auto& odd = values[1].hosts.front();
  CheckSource source{
      {.check = "differs_" + check, .status = "warn"}, evidence.file_of(odd.second->place), odd.second->place.line};
  if (usual.hosts.size() * 2 <= hosts) {
    const auto first = is_long(usual.text) ? std::string("the most frequent") : usual.text;
    source.row.observed = fmt::format("hosts differ: {}, {}", on_hosts(first, usual.hosts.size()),
                                      words_of(usual.text, std::span(values).subspan(1)));
    source.row.expected = "one value";
    source.row.advice = "decide which is right, and bring all hosts there before their speeds are compared";
    return source;
  }
  const auto odd_ones = std::span(values).subspan(1);
  for (const auto& value : odd_ones) {
    for (const auto& [host, fact] : value.hosts) {
      source.row.subject += (source.row.subject.empty() ? "" : "; ") + host;
    }
  }
  source.row.observed = words_of(usual.text, odd_ones);
  source.row.expected =
      fmt::format("{}as {} of {} hosts", is_long(usual.text) ? "" : usual.text + ", ", usual.hosts.size(), hosts);
  source.row.advice = "bring the odd hosts to what the others have";
  return source;
}

}  // namespace

void derive_from_facts(const Evidence& evidence, std::vector<CheckSource>& rows) {
  std::map<std::uint32_t, Told> by_check;
  for (const auto& fact : evidence.facts) {
    by_check[fact.check][evidence.words[fact.host]] = &fact;
  }
  for (const auto& [check, told] : by_check) {
    const auto values = values_of(evidence, told);
    if (told.size() >= kFewestHosts && values.size() > 1) {
      rows.push_back(row_of(evidence, evidence.words[check], values, told.size()));
    }
  }
}

}  // namespace plumb::reports
