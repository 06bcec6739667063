#include "reports/evidence.h"

#include <tsl/robin_map.h>

#include <algorithm>

#include "core/error.h"
#include "reports/counter_index.h"
#include "reports/counter_meaning.h"
#include "reports/word_index.h"

namespace plumb::reports {
namespace {

class Reader {
 public:
  Reader() { words_.of(""); }

  void add(const core::RunDir& dir, bool several) {
    run_ = evidence_.runs.size();
    evidence_.runs.push_back(dir.name());
    prefix_ = several ? dir.name() + "/" : "";
    file_.clear();
    auto manifests = dir.manifests();
    if (manifests.empty()) {
      evidence_.runs_without_manifest.push_back(static_cast<std::uint32_t>(run_));
    }
    std::ranges::move(manifests, std::back_inserter(evidence_.manifests));
    evidence_.pairs.reserve(evidence_.pairs.size() + about_rows<core::PairView>(dir));
    dir.for_each<core::PairView>(
        [&](const core::PairView& row, const std::string& file, unsigned line) { add_pair(row, place(file, line)); });
    add_all(dir, evidence_.cases);
    add_rank_times(dir);
    add_all(dir, evidence_.channel_times);
    add_ranks(dir);
    add_checks(dir);
    add_counters(dir);
    add_gpu_rows(dir);
  }

  Evidence take() { return std::move(evidence_); }

 private:
  Place place(const std::string& file, unsigned line) {
    if (file != file_) {
      file_ = file;
      file_index_ = files_.of(prefix_ + file);
    }
    return {file_index_, line};
  }

  /// There are few, and mostly it is that of the row before.
  std::uint32_t setting_of(const core::PairView& row, std::string_view schedule) {
    auto& settings = evidence_.settings;
    const auto is_it = [&](const PairSetting& s) {
      return s.bytes == row.bytes && s.mode == row.mode && s.schedule == schedule && s.backend == row.backend &&
             s.memory == row.memory;
    };
    if (setting_ < settings.size() && is_it(settings[setting_])) {
      return setting_;
    }
    const auto known = std::ranges::find_if(settings, is_it);
    setting_ = static_cast<std::uint32_t>(known - settings.begin());
    if (known == settings.end()) {
      settings.push_back(
          {std::string(row.backend), std::string(row.memory), std::string(row.mode), std::string(schedule), row.bytes});
    }
    return setting_;
  }

  /// To reserve memory. Looks at a few files where there is one a host.
  template <class Row>
  static std::size_t about_rows(const core::RunDir& dir) {
    constexpr std::size_t kLook = 16;
    const auto files = dir.tables(Row::kTable);
    const auto looked_at = std::min(kLook, files.size());
    std::size_t rows = 0;
    for (std::size_t i = 0; i < looked_at; ++i) {
      rows += core::about_lines(files[i]);
    }
    return looked_at == 0 ? 0 : rows * files.size() / looked_at;
  }

  template <class Row>
  void add_all(const core::RunDir& dir, std::vector<Placed<Row>>& rows) {
    dir.for_each<Row>([&](const Row& row, const std::string& file, unsigned line) {
      rows.push_back({row, place(file, line), run_});
    });
  }

  void add_ranks(const core::RunDir& dir) {
    auto& ranks = evidence_.ranks.emplace_back();
    ranks.reserve(about_rows<core::RankRow>(dir));
    RankPlace last;
    dir.for_each<core::RankRow>([&](const core::RankRow& row, const std::string&, unsigned) {
      last = {static_cast<std::uint32_t>(row.rank), static_cast<std::uint32_t>(row.local_rank),
              words_.of(row.host, last.host), words_.of(row.nic, last.nic)};
      ranks.push_back(last);
    });
    std::ranges::stable_sort(ranks, {}, &RankPlace::rank);
  }

  void add_rank_times(const core::RunDir& dir) {
    const auto count = [](const core::MaybeInteger& samples) {
      return static_cast<std::uint32_t>(samples.value_or(0));
    };
    const auto offset = [](const core::MaybeInteger& ns) { return static_cast<float>(ns.value_or(0)); };
    tsl::robin_map<std::uint32_t, std::size_t> cases;  // by name: of groups rows come by turns
    std::uint32_t name = 0;
    dir.for_each<core::RankTimeRow>([&](const core::RankTimeRow& row, const std::string& file, unsigned line) {
      name = words_.of(row.case_name, name);
      const auto [found, is_new] = cases.emplace(name, evidence_.rank_times.size());
      if (is_new) {
        evidence_.rank_times.push_back({static_cast<std::uint32_t>(run_), name, place(file, line).file, {}});
      }
      evidence_.rank_times[found->second].ranks.push_back(
          {static_cast<std::uint32_t>(row.rank), static_cast<std::uint32_t>(row.samples), count(row.last_to_arrive),
           count(row.last_to_leave), offset(row.arrival_p50_ns), offset(row.exit_p50_ns), line});
    });
  }

  void add_checks(const core::RunDir& dir) {
    dir.for_each<core::CheckView>([&](const core::CheckView& row, const std::string& file, unsigned line) {
      if (row.expected == core::kSameOnAllHosts) {
        evidence_.facts.push_back(
            {words_.of(row.subject), words_.of(row.check), words_.of(row.observed), place(file, line)});
      } else if (row.status == "pass" && !row.host.empty()) {
        ++evidence_.checks_passed;
      } else {
        core::CheckRow kept;
        core::copy_columns(row, kept);
        evidence_.checks.push_back({std::move(kept), place(file, line), run_});
      }
    });
  }

  void add_counters(const core::RunDir& dir) {
    evidence_.counters.reserve(evidence_.counters.size() + about_rows<core::PortRow>(dir) / 2);  // before and after
    CounterIndex index(evidence_.counters);
    CounterReading named;  // rows come in runs that have most names in common
    dir.for_each<core::PortRow>([&](const core::PortRow& row, const std::string& file, unsigned line) {
      named.node = words_.of(row.node, named.node);
      named.port = words_.of(row.port, named.port);
      named.counter = words_.of(row.counter, named.counter);
      named.run = static_cast<std::uint32_t>(run_);
      named.place = place(file, line);
      if (is_judged(named.counter) || !index.knows_port(named)) {  // a port that was looked at is there
        index.add(row, named);
      }
    });
  }

  bool is_judged(std::uint32_t counter) {
    const auto [known, is_new] = is_judged_.try_emplace(counter);
    if (is_new) {
      const auto& name = evidence_.words[counter];
      known.value() = meaning_of_counter(name) != CounterMeaning::traffic || bits_of_count(name) > 0;
    }
    return known->second;
  }

  void add_gpu_rows(const core::RunDir& dir) {
    evidence_.gpu_rows.reserve(evidence_.gpu_rows.size() + about_rows<core::GpuRow>(dir));
    GpuReading last;
    dir.for_each<core::GpuRow>([&](const core::GpuRow& row, const std::string& file, unsigned line) {
      last = {words_.of(row.gpu, last.gpu), gpu_test_of(row, last.test + 1), row.value.value_or(0), place(file, line)};
      evidence_.gpu_rows.push_back(last);
    });
  }

  /// `expected`: what follows the row before where hosts tell the same.
  std::uint32_t gpu_test_of(const core::GpuRow& row, std::uint32_t expected) {
    auto& tests = evidence_.gpu_tests;
    const auto& words = evidence_.words;
    if (expected < tests.size()) {
      const auto& t = tests[expected];
      if (words[t.test] == row.test && words[t.unit] == row.unit && words[t.status] == row.status &&
          words[t.reason] == row.reason) {
        return expected;
      }
    }
    const GpuTest test{words_.of(row.test), words_.of(row.unit), words_.of(row.status), words_.of(row.reason)};
    const auto [known, is_new] = gpu_tests_.emplace(test, static_cast<std::uint32_t>(tests.size()));
    if (is_new) {
      tests.push_back(test);
    }
    return known->second;
  }

  void add_pair(const core::PairView& row, const Place& at) {
    if (row.status != "ok") {
      core::PairRow kept;
      core::copy_columns(row, kept);
      evidence_.failed_pairs.push_back({kept, at, run_});
      return;
    }
    // A re-test meets the same peers as the round that it repeats.
    const bool is_kept = row.schedule == "all-rails" || row.schedule == "bisection";
    const auto schedule = row.src == row.dst ? kLoopback : is_kept ? row.schedule : std::string_view();
    PairMeasurement m;
    m.src = endpoints_.of(row.src, last_.dst);  // mostly the way back of the row before
    m.dst = endpoints_.of(row.dst, last_.src);
    m.setting = setting_of(row, schedule);
    m.round = static_cast<std::uint32_t>(row.round);
    m.p50_ns = static_cast<float>(row.p50_ns.value_or(0));
    m.p99_ns = static_cast<float>(row.p99_ns.value_or(0));
    m.bw_Bps = static_cast<float>(row.bw_Bps.value_or(0));
    m.min_bw_Bps = static_cast<float>(row.min_bw_Bps.value_or(0));
    m.wrong = static_cast<std::uint32_t>(std::min<core::Integer>(row.wrong.value_or(0), 0xffffffff));
    m.place = at;
    evidence_.pairs.push_back(m);
    last_ = m;
  }

  Evidence evidence_;
  WordIndex files_{evidence_.files};
  WordIndex endpoints_{evidence_.endpoints};
  WordIndex words_{evidence_.words};
  std::map<GpuTest, std::uint32_t> gpu_tests_;
  tsl::robin_map<std::uint32_t, bool> is_judged_;  // of counters
  std::size_t run_ = 0;
  std::string prefix_, file_;
  std::uint32_t file_index_ = 0, setting_ = 0;
  PairMeasurement last_;
};

}  // namespace

const RankPlace* Evidence::place_of_rank(std::size_t run, core::Integer rank) const {
  const auto& of_run = ranks[run];
  const auto found = std::ranges::lower_bound(of_run, rank, {}, &RankPlace::rank);
  return found == of_run.end() || found->rank != rank ? nullptr : &*found;
}

std::string Evidence::host_of_rank(std::size_t run, core::Integer rank) const {
  const auto* const place = place_of_rank(run, rank);
  return place == nullptr ? "" : words[place->host];
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
