#include "diag/inspector.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "core/text.h"

namespace plumb::diag {
namespace {

constexpr double kStep = 1.02;  // of one bucket to the next
}  // namespace

void TimeHistogram::add(double microseconds) {
  constexpr double kMost = 1e12;
  const auto number =
      static_cast<std::uint16_t>(std::lround(std::log(std::clamp(microseconds, 1.0, kMost)) / std::log(kStep)));
  const auto found = std::ranges::lower_bound(buckets_, number, {}, &Bucket::number);
  if (found != buckets_.end() && found->number == number) {
    ++found->count;
  } else {
    buckets_.insert(found, {number, 1});
  }
  ++count_;
}

double TimeHistogram::median() const {
  std::uint32_t below = 0;
  for (const auto& bucket : buckets_) {
    below += bucket.count;
    if (below * 2ULL >= count_) {
      return std::pow(kStep, bucket.number);
    }
  }
  return 0;
}

struct InspectorReader::Parser {
  simdjson::dom::parser parser;  // of the whole line: broken ones are refused before a field is taken
  std::vector<char> padded = std::vector<char>(4096);
};

struct InspectorReader::Record {
  std::string_view communicator, host, collective, source;
  std::int64_t rank = -1, ranks = 0, nodes = 0, pid = 0, bytes = -1;
  double microseconds = -1;
};

namespace {

/// Leaves `value` as it is where the field is missing or of another type.
template <class Value>
bool get(const simdjson::dom::object& from, std::string_view name, Value& value) {
  return from[name].get(value) == simdjson::SUCCESS;
}

template <class Record>
bool read_header(const simdjson::dom::object& header, Record& record) {
  get(header, "nnodes", record.nodes);
  return get(header, "id", record.communicator) && get(header, "rank", record.rank) &&
         get(header, "n_ranks", record.ranks);
}

template <class Record>
bool read_times(const simdjson::dom::object& times, Record& record) {
  get(times, "coll_timing_source", record.source);
  return get(times, "coll", record.collective) && get(times, "coll_msg_size_bytes", record.bytes) &&
         get(times, "coll_exec_time_us", record.microseconds);
}

}  // namespace

InspectorReader::InspectorReader() : parser_(std::make_unique<Parser>()) {}
InspectorReader::~InspectorReader() = default;

void InspectorReader::begin_file(const std::string& name) {
  here_ = {static_cast<std::uint32_t>(files_.size()), 0};
  files_.push_back(core::printable(name));
  file_records_ = file_broken_ = 0;
}

void InspectorReader::end_file() const {
  if (file_records_ == 0 && file_broken_ > 0) {
    throw core::Error(
        fmt::format("{}:{}: no line is a record of NCCL's inspector (a JSON object with header, metadata and "
                    "coll_perf); a log goes without --inspector",
                    files_.back(), here_.line));
  }
}

std::string InspectorReader::where(Place place) const { return fmt::format("{}:{}", files_[place.file], place.line); }

void InspectorReader::add_line(std::string_view line, std::uint64_t number) {
  here_.line = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
  if (line.find_first_not_of(" \t,[]") == std::string_view::npos) {
    return;
  }
  const bool is_good = read(line);
  ++(is_good ? records_ : broken_);
  ++(is_good ? file_records_ : file_broken_);
}

/// Fields may come in any order; those of other versions are passed over.
bool InspectorReader::read(std::string_view line) {
  auto& [parser, padded] = *parser_;
  if (padded.size() < line.size() + simdjson::SIMDJSON_PADDING) {
    padded.resize(2 * (line.size() + simdjson::SIMDJSON_PADDING));
  }
  std::memcpy(padded.data(), line.data(), line.size());
  std::memset(padded.data() + line.size(), ' ', simdjson::SIMDJSON_PADDING);
  simdjson::dom::object document, header, metadata, times;
  Record record;
  if (parser.parse(padded.data(), line.size(), false).get(document) != simdjson::SUCCESS ||
      !get(document, "header", header) || !read_header(header, record)) {
    return false;
  }
  if (get(document, "metadata", metadata)) {
    get(metadata, "hostname", record.host);
    get(metadata, "pid", record.pid);
  }
  if (!get(document, "coll_perf", times)) {
    const bool is_pair = get(document, "p2p_perf", times);
    uncounted_ += is_pair ? 1 : 0;
    return is_pair;
  }
  if (!read_times(times, record)) {
    return false;
  }
  add(record);
  return true;
}

void InspectorReader::add(const Record& record) {
  const auto kept = [&](std::string_view text) { return words_[words_.id_of(text)]; };
  if (record.rank < 0 || record.ranks <= record.rank || record.ranks > kMostRanks || !(record.microseconds > 0)) {
    ++uncounted_;
    return;
  }
  auto& communicator = communicators_[kept(record.communicator)];
  const auto rank = static_cast<int>(record.rank);
  communicator.ranks = static_cast<int>(record.ranks);
  communicator.nodes = static_cast<int>(std::clamp<std::int64_t>(record.nodes, 0, kMostRanks));
  if (!communicator.members.contains(rank)) {
    communicator.members[rank] = {kept(record.host), record.pid, here_};
  }
  const CollectiveShape shape{kept(record.collective), kept(record.source), record.bytes};
  const auto known = communicator.times.find(shape);
  if (known == communicator.times.end() && communicator.times.size() >= InspectedCommunicator::kShapes) {
    ++uncounted_;
    return;
  }
  communicator.times[shape][rank].add(record.microseconds);
}

}  // namespace plumb::diag
