#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "bench/pair_schedule.h"
#include "core/csv_reader.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

/// Reads rounds by endpoint id; both directions of a pair are one pair.
class RoundsFile {
 public:
  RoundsFile(std::filesystem::path path, const std::vector<std::string>& endpoints) : path_(std::move(path)) {
    for (std::size_t rank = 0; rank < endpoints.size(); ++rank) {
      ranks_.emplace(endpoints[rank], static_cast<int>(rank));
    }
  }

  std::vector<PairRound> read() {
    std::map<core::Integer, std::set<RankPair>> rounds;
    core::for_each_row<core::RetestRow>(path_, core::TruncatedTail::refuse,
                                        [&](const core::RetestRow& row, unsigned line) {
                                          const int a = rank_of(row.src, line);
                                          const int b = rank_of(row.dst, line);
                                          add(rounds[row.round], a, b, line);
                                        });
    std::vector<PairRound> result;
    for (const auto& [number, pairs] : rounds) {
      result.emplace_back(pairs.begin(), pairs.end());
    }
    return result;
  }

 private:
  int rank_of(const std::string& id, unsigned line) const {
    const auto found = ranks_.find(id);
    if (found == ranks_.end()) {
      throw core::Error(
          fmt::format("{}:{}: '{}' is not an endpoint of this job; start a rank there (its endpoints are {} … {})",
                      path_.string(), line, id, ranks_.begin()->first, ranks_.rbegin()->first));
    }
    return found->second;
  }

  void add(std::set<RankPair>& round, int a, int b, unsigned line) const {
    const RankPair pair{std::min(a, b), std::max(a, b)};
    const bool shares = std::any_of(round.begin(), round.end(), [&](const RankPair& other) {
      return other != pair && (other.a == a || other.a == b || other.b == a || other.b == b);
    });
    if (a == b || shares) {
      throw core::Error(fmt::format("{}:{}: {}; put it into another round", path_.string(), line,
                                    a == b ? "an endpoint is paired with itself" : "an endpoint is in two pairs"));
    }
    round.insert(pair);
  }

  std::filesystem::path path_;
  std::map<std::string, int> ranks_;
};

}  // namespace

PairSchedule read_pair_schedule(const std::filesystem::path& file, const std::vector<std::string>& endpoints) {
  return {"file", RoundsFile(file, endpoints).read()};
}

std::string encode(const std::vector<PairRound>& rounds) {
  std::string text;
  for (const auto& round : rounds) {
    for (const auto& pair : round) {
      text += fmt::format("{} {} ", pair.a, pair.b);
    }
    text += "\n";
  }
  return text;
}

std::vector<PairRound> decode(const std::string& text) {
  std::vector<PairRound> rounds;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    auto& round = rounds.emplace_back();
    for (RankPair pair; numbers >> pair.a >> pair.b;) {
      round.push_back(pair);
    }
  }
  return rounds;
}

}  // namespace plumb::bench
