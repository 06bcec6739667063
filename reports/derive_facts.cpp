#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.h"
#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kFewestHosts = 3;  // of two that differ, neither is odd
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

/// "560.35.03 on 12 hosts, 470.1 on 1 host".
std::string words_of(std::span<const Value> values) {
  std::string words;
  for (std::size_t i = 0; i < std::min(values.size(), kValuesNamed); ++i) {
    const auto count = values[i].hosts.size();
    words += fmt::format("{}{} on {} {}", i == 0 ? "" : ", ", values[i].text, count, count == 1 ? "host" : "hosts");
  }
  return values.size() > kValuesNamed ? words + fmt::format(", and {} others", values.size() - kValuesNamed) : words;
}

CheckSource row_of(const Evidence& evidence, const std::string& check, const std::vector<Value>& values,
                   std::size_t hosts) {
  const auto& usual = values.front();
  const auto& odd = values[1].hosts.front();
  CheckSource source{
      {.check = "differs_" + check, .status = "warn"}, evidence.file_of(odd.second->place), odd.second->place.line};
  if (usual.hosts.size() * 2 <= hosts) {
    source.row.observed = "hosts differ: " + words_of(values);
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
  source.row.observed = words_of(odd_ones);
  source.row.expected = fmt::format("{}, as {} of {} hosts", usual.text, usual.hosts.size(), hosts);
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
