// The row schemas of a run directory: one plain struct a file, one table of columns each. Reader and writer
// both come from the table. docs/run-directory.md explains every column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace plumb::core {

/// Newest schema that this build reads and the one it writes.
inline constexpr int kSchema = 1;

using Integer = std::int64_t;
using MaybeInteger = std::optional<std::int64_t>;  // an empty cell: not known
using MaybeReal = std::optional<double>;

/// One CSV column of `Row`. A file without a required column is refused.
template <class Row, class Value>
struct Column {
  std::string_view name;
  Value Row::*member;
  bool required = true;
};

template <class Row, class Value>
constexpr Column<Row, Value> column(std::string_view name, Value Row::*member) {
  return {name, member, true};
}

template <class Row, class Value>
constexpr Column<Row, Value> optional_column(std::string_view name, Value Row::*member) {
  return {name, member, false};
}

/// Copies every column of `from` to the same row type over another text type.
template <class From, class To>
constexpr void copy_columns(const From& from, To& to) {
  std::apply(
      [&](const auto&... source) {
        std::apply([&](const auto&... target) { ((to.*target.member = from.*source.member), ...); }, To::columns());
      },
      From::columns());
}

/// NodeRow owns its texts; NodeView refers to those of a map that holds hundreds of thousands, or to a line under way.
template <class Text>
struct BasicNodeRow {
  static constexpr std::string_view kTable = "nodes";
  Text id, kind, name, host, rack, pod;
  MaybeInteger tier, rail;
  Text model, serial, guid, pci;
  MaybeInteger numa;
  Text driver, firmware, state;
  MaybeReal rate_Bps;
  Text source;

  static constexpr auto columns() {
    using R = BasicNodeRow;
    return std::tuple(
        column("id", &R::id), column("kind", &R::kind), optional_column("name", &R::name),
        optional_column("host", &R::host), optional_column("rack", &R::rack), optional_column("pod", &R::pod),
        optional_column("tier", &R::tier), optional_column("rail", &R::rail), optional_column("model", &R::model),
        optional_column("serial", &R::serial), optional_column("guid", &R::guid), optional_column("pci", &R::pci),
        optional_column("numa", &R::numa), optional_column("driver", &R::driver),
        optional_column("firmware", &R::firmware), optional_column("state", &R::state),
        optional_column("rate_Bps", &R::rate_Bps), optional_column("source", &R::source));
  }

  // NOLINTNEXTLINE(google-explicit-constructor): nothing is lost
  operator BasicNodeRow<std::string_view>() const requires(!std::is_same_v<Text, std::string_view>) {
    BasicNodeRow<std::string_view> view;
    copy_columns(*this, view);
    return view;
  }
};
using NodeRow = BasicNodeRow<std::string>;
using NodeView = BasicNodeRow<std::string_view>;

template <class Text>
struct BasicLinkRow {
  static constexpr std::string_view kTable = "links";
  Text id, kind, a, a_port, b, b_port;
  MaybeReal rate_Bps;
  Text width, speed;
  Text max_width, max_speed;  // the most that both ends are set to (InfiniBand: enabled) or can (PCIe)
  Text state, source;

  static constexpr auto columns() {
    using R = BasicLinkRow;
    return std::tuple(optional_column("id", &R::id), column("kind", &R::kind), column("a", &R::a),
                      optional_column("a_port", &R::a_port), column("b", &R::b), optional_column("b_port", &R::b_port),
                      optional_column("rate_Bps", &R::rate_Bps), optional_column("width", &R::width),
                      optional_column("speed", &R::speed), optional_column("max_width", &R::max_width),
                      optional_column("max_speed", &R::max_speed), optional_column("state", &R::state),
                      optional_column("source", &R::source));
  }

  // NOLINTNEXTLINE(google-explicit-constructor): nothing is lost
  operator BasicLinkRow<std::string_view>() const requires(!std::is_same_v<Text, std::string_view>) {
    BasicLinkRow<std::string_view> view;
    copy_columns(*this, view);
    return view;
  }
};
using LinkRow = BasicLinkRow<std::string>;
using LinkView = BasicLinkRow<std::string_view>;

struct RouteRow {
  static constexpr std::string_view kTable = "routes";
  std::string src, dst;
  Integer hop = 0;
  std::string link;

  static constexpr auto columns() {
    using R = RouteRow;
    return std::tuple(column("src", &R::src), column("dst", &R::dst), column("hop", &R::hop), column("link", &R::link));
  }
};

struct RankRow {
  static constexpr std::string_view kTable = "ranks";
  Integer rank = 0;
  std::string host;
  Integer local_rank = 0;
  std::string gpu, nic;
  MaybeInteger numa;

  static constexpr auto columns() {
    using R = RankRow;
    return std::tuple(column("rank", &R::rank), column("host", &R::host), column("local_rank", &R::local_rank),
                      optional_column("gpu", &R::gpu), optional_column("nic", &R::nic),
                      optional_column("numa", &R::numa));
  }
};

struct CaseRow {
  static constexpr std::string_view kTable = "cases";
  std::string name, collective, backend, memory, dtype, redop;
  Integer bytes = 0, ranks = 0, in_place = 0;
  std::string status, reason;
  Integer samples = 0;
  std::string stop_reason;
  MaybeInteger min_ns, p50_ns, p95_ns, p99_ns, max_ns, mean_ns, ci_low_ns, ci_high_ns;
  MaybeReal algbw_Bps, busbw_Bps;
  MaybeInteger wrong, slowest_rank;
  MaybeInteger skew_p50_ns, invalid, clock_error_ns;
  MaybeReal drift;
  std::string first_wrong;
  MaybeInteger calls, event_p50_ns;
  std::string algorithm, protocol;
  MaybeInteger channels;
  MaybeReal linkbw_Bps;
  MaybeInteger group, hosts;
  std::string gpu_model;

  static constexpr auto columns() {
    using R = CaseRow;
    return std::tuple(column("case", &R::name), column("collective", &R::collective), column("backend", &R::backend),
                      column("memory", &R::memory), column("dtype", &R::dtype), column("redop", &R::redop),
                      column("bytes", &R::bytes), column("ranks", &R::ranks), column("in_place", &R::in_place),
                      column("status", &R::status), optional_column("reason", &R::reason),
                      column("samples", &R::samples), optional_column("stop_reason", &R::stop_reason),
                      column("min_ns", &R::min_ns), column("p50_ns", &R::p50_ns), column("p95_ns", &R::p95_ns),
                      column("p99_ns", &R::p99_ns), column("max_ns", &R::max_ns), column("mean_ns", &R::mean_ns),
                      column("ci_low_ns", &R::ci_low_ns), column("ci_high_ns", &R::ci_high_ns),
                      column("algbw_Bps", &R::algbw_Bps), column("busbw_Bps", &R::busbw_Bps),
                      column("wrong", &R::wrong), column("slowest_rank", &R::slowest_rank),
                      optional_column("skew_p50_ns", &R::skew_p50_ns), optional_column("invalid", &R::invalid),
                      optional_column("clock_error_ns", &R::clock_error_ns), optional_column("drift", &R::drift),
                      optional_column("first_wrong", &R::first_wrong), optional_column("calls", &R::calls),
                      optional_column("event_p50_ns", &R::event_p50_ns), optional_column("algorithm", &R::algorithm),
                      optional_column("protocol", &R::protocol), optional_column("channels", &R::channels),
                      optional_column("linkbw_Bps", &R::linkbw_Bps), optional_column("group", &R::group),
                      optional_column("hosts", &R::hosts), optional_column("gpu_model", &R::gpu_model));
  }
};

struct SampleRow {
  static constexpr std::string_view kTable = "samples";
  std::string case_name;
  Integer repetition = 0, iteration = 0;
  Integer max_ns = 0, min_ns = 0;
  MaybeInteger slowest_rank;

  static constexpr auto columns() {
    using R = SampleRow;
    return std::tuple(column("case", &R::case_name), column("repetition", &R::repetition),
                      column("iteration", &R::iteration), column("max_ns", &R::max_ns), column("min_ns", &R::min_ns),
                      column("slowest_rank", &R::slowest_rank));
  }
};

struct RankTimeRow {
  static constexpr std::string_view kTable = "rank_times";
  std::string case_name;
  Integer rank = 0, samples = 0;
  MaybeInteger p50_ns, p99_ns, max_ns, arrival_p50_ns, exit_p50_ns, last_to_arrive, last_to_leave;

  static constexpr auto columns() {
    using R = RankTimeRow;
    return std::tuple(column("case", &R::case_name), column("rank", &R::rank), column("samples", &R::samples),
                      column("p50_ns", &R::p50_ns), column("p99_ns", &R::p99_ns), column("max_ns", &R::max_ns),
                      column("arrival_p50_ns", &R::arrival_p50_ns), column("exit_p50_ns", &R::exit_p50_ns),
                      column("last_to_arrive", &R::last_to_arrive), column("last_to_leave", &R::last_to_leave));
  }
};

struct ChannelTimeRow {
  static constexpr std::string_view kTable = "channel_times";
  std::string case_name;
  Integer rank = 0, channel = 0, start_ns = 0, stop_ns = 0;

  static constexpr auto columns() {
    using R = ChannelTimeRow;
    return std::tuple(column("case", &R::case_name), column("rank", &R::rank), column("channel", &R::channel),
                      column("start_ns", &R::start_ns), column("stop_ns", &R::stop_ns));
  }
};

template <class Text>
struct BasicPairRow {
  static constexpr std::string_view kTable = "pairs";
  Integer round = 0;
  Text src, dst, backend, memory;
  Integer bytes = 0, samples = 0;
  MaybeInteger p50_ns, p99_ns;
  MaybeReal bw_Bps, min_bw_Bps;
  MaybeInteger wrong;
  Text status, reason;
  Text schedule, mode;  // mode: uni, bi or latency; rows compare only with rows of their own mode

  static constexpr auto columns() {
    using R = BasicPairRow;
    return std::tuple(column("round", &R::round), column("src", &R::src), column("dst", &R::dst),
                      column("backend", &R::backend), column("memory", &R::memory), column("bytes", &R::bytes),
                      column("samples", &R::samples), column("p50_ns", &R::p50_ns), column("p99_ns", &R::p99_ns),
                      column("bw_Bps", &R::bw_Bps), column("min_bw_Bps", &R::min_bw_Bps), column("wrong", &R::wrong),
                      column("status", &R::status), optional_column("reason", &R::reason),
                      optional_column("schedule", &R::schedule), optional_column("mode", &R::mode));
  }
};

using PairRow = BasicPairRow<std::string>;
using PairView = BasicPairRow<std::string_view>;

struct GpuRow {
  static constexpr std::string_view kTable = "gpus";
  std::string gpu, test;
  MaybeReal value;
  std::string unit;
  MaybeInteger samples;
  std::string status, reason;

  static constexpr auto columns() {
    using R = GpuRow;
    return std::tuple(column("gpu", &R::gpu), column("test", &R::test), column("value", &R::value),
                      column("unit", &R::unit), column("samples", &R::samples), column("status", &R::status),
                      optional_column("reason", &R::reason));
  }
};

struct PortRow {
  static constexpr std::string_view kTable = "ports";
  Integer t_unix_ns = 0;
  std::string phase, node, port, counter;
  MaybeInteger value;

  static constexpr auto columns() {
    using R = PortRow;
    return std::tuple(column("t_unix_ns", &R::t_unix_ns), column("phase", &R::phase), column("node", &R::node),
                      column("port", &R::port), column("counter", &R::counter), column("value", &R::value));
  }
};

/// What a check expects whose `observed` is a fact to be compared between hosts.
inline constexpr std::string_view kSameOnAllHosts = "same on all hosts";

/// CheckView refers to a line under way: hosts write dozens of rows each, of which few are kept.
template <class Text>
struct BasicCheckRow {
  static constexpr std::string_view kTable = "checks";
  Text host, subject, check, status, observed, expected, advice;

  /// It says that something is wrong, or may be.
  [[nodiscard]] bool is_fault() const { return status == "fail" || status == "warn"; }

  static constexpr auto columns() {
    using R = BasicCheckRow;
    return std::tuple(column("host", &R::host), column("subject", &R::subject), column("check", &R::check),
                      column("status", &R::status), column("observed", &R::observed), column("expected", &R::expected),
                      column("advice", &R::advice));
  }
};

using CheckRow = BasicCheckRow<std::string>;
using CheckView = BasicCheckRow<std::string_view>;

struct RetestRow {
  static constexpr std::string_view kTable = "retest";
  Integer round = 0;
  std::string src, dst;

  static constexpr auto columns() {
    using R = RetestRow;
    return std::tuple(column("round", &R::round), column("src", &R::src), column("dst", &R::dst));
  }
};

}  // namespace plumb::core
