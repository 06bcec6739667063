#include "reports/evidence.h"

#include <algorithm>

#include "core/error.h"

namespace plumb::reports {
namespace {

/// Equal values get one index.
template <class Value>
class Index {
 public:
  explicit Index(std::vector<Value>& values) : values_(values) {}
  std::uint32_t of(const Value& value) {
    const auto [found, is_new] = known_.emplace(value, static_cast<std::uint32_t>(values_.size()));
    if (is_new) {
      values_.push_back(value);
    }
    return found->second;
  }

 private:
  std::vector<Value>& values_;
  std::map<Value, std::uint32_t> known_;
};

class Reader {
 public:
  void add(const core::RunDir& dir, bool several) {
    run_ = evidence_.runs.size();
    evidence_.runs.push_back(dir.name());
    prefix_ = several ? dir.name() + "/" : "";
    for (auto& manifest : dir.manifests()) {
      evidence_.manifests.push_back(std::move(manifest));
    }
    dir.for_each<core::PairRow>(
        [&](const core::PairRow& row, const std::string& file, unsigned line) { add_pair(row, place(file, line)); });
    add_all(dir, evidence_.cases);
    add_all(dir, evidence_.rank_times);
    add_all(dir, evidence_.ranks);
    add_all(dir, evidence_.checks);
  }

  Evidence take() { return std::move(evidence_); }

 private:
  Place place(const std::string& file, unsigned line) { return {files_.of(prefix_ + file), line}; }

  template <class Row>
  void add_all(const core::RunDir& dir, std::vector<Placed<Row>>& rows) {
    dir.for_each<Row>([&](const Row& row, const std::string& file, unsigned line) {
      rows.push_back({row, place(file, line), run_});
    });
  }

  void add_pair(const core::PairRow& row, const Place& at) {
    if (row.status != "ok") {
      evidence_.failed_pairs.push_back({row, at, run_});
      return;
    }
    // A re-test meets the same peers as the round that it repeats.
    const auto schedule = row.schedule == "all-rails" || row.schedule == "bisection" ? row.schedule : "";
    PairMeasurement m;
    m.src = endpoints_.of(row.src);
    m.dst = endpoints_.of(row.dst);
    m.setting = settings_.of({row.backend, row.memory, row.mode, schedule, row.bytes});
    m.round = static_cast<std::uint32_t>(row.round);
    m.p50_ns = static_cast<float>(row.p50_ns.value_or(0));
    m.p99_ns = static_cast<float>(row.p99_ns.value_or(0));
    m.bw_Bps = static_cast<float>(row.bw_Bps.value_or(0));
    m.min_bw_Bps = static_cast<float>(row.min_bw_Bps.value_or(0));
    m.wrong = static_cast<std::uint32_t>(std::min<core::Integer>(row.wrong.value_or(0), 0xffffffff));
    m.place = at;
    evidence_.pairs.push_back(m);
  }

  Evidence evidence_;
  Index<std::string> files_{evidence_.files};
  Index<std::string> endpoints_{evidence_.endpoints};
  Index<PairSetting> settings_{evidence_.settings};
  std::size_t run_ = 0;
  std::string prefix_;
};

}  // namespace

std::string Evidence::host_of_rank(std::size_t run, core::Integer rank) const {
  const auto found =
      std::find_if(ranks.begin(), ranks.end(), [&](const auto& r) { return r.run == run && r.row.rank == rank; });
  return found == ranks.end() ? "" : found->row.host;
}

Evidence read_evidence(const std::vector<std::filesystem::path>& run_dirs) {
  std::vector<std::filesystem::path> distinct;
  for (const auto& path : run_dirs) {
    const auto real = std::filesystem::weakly_canonical(path);
    if (std::find(distinct.begin(), distinct.end(), real) == distinct.end()) {
      distinct.push_back(real);
    }
  }
  Reader reader;
  for (const auto& path : distinct) {
    reader.add(core::RunDir::open(path), distinct.size() > 1);
  }
  return reader.take();
}

}  // namespace plumb::reports
