#include "topology/cable_faults.h"

#include <algorithm>
#include <map>

#include "topology/cable_chains.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kTogether = 16;  // cables that are told as one rotation; of more, each is told

using Kind = CableFault::Kind;
using Move = CableFault::Move;

class Explanation {
 public:
  explicit Explanation(const Cabling& cabling) : cabling_(cabling), has_cables_(cabling.part_count()) {
    for (const auto& cable : cabling.found()) {
      for (const auto& end : cable.ends) {
        has_cables_[cabling.whole(end.part)] = true;
      }
    }
  }

  void add(const CableChain& chain) {
    if (chain.steps.size() == 1) {
      add_lone(chain.steps.front());
    } else if (chain.is_circle) {
      add_circle(chain.steps);
    } else {
      add_moves(chain.steps);
    }
  }

  /// A cable with both plugs in other ports of the right nodes is one fault, not a missing and an extra one.
  std::vector<CableFault> take() {
    std::multimap<std::pair<Part, Part>, std::uint32_t> found;
    for (const auto cable : lone_found_) {
      found.emplace(wholes(cabling_.found()[cable]), cable);
    }
    for (const auto cable : lone_planned_) {
      const auto& planned = cabling_.planned()[cable];
      const auto other = found.find(wholes(planned));
      if (other == found.end()) {
        faults_.push_back({Kind::missing, {cable}, {}, {}});
      } else {
        faults_.push_back(
            {Kind::wrong_port, {cable}, {other->second}, moves(cabling_.found()[other->second], planned)});
        found.erase(other);
      }
    }
    for (const auto& [nodes, cable] : found) {
      faults_.push_back({Kind::extra, {}, {cable}, {}});
    }
    return std::move(faults_);
  }

 private:
  using Steps = std::vector<ChainStep>;

  void add_lone(const ChainStep& step) { (step.is_planned ? lone_planned_ : lone_found_).push_back(step.cable); }

  /// Two sets of plugs can be moved to mend it; those that are nearer to each other are.
  void add_circle(const Steps& steps) {
    if (steps.size() / 2 > kTogether) {
      std::ranges::copy(moved(steps, true), std::back_inserter(faults_));
      return;
    }
    CableFault fault{Kind::rotated, {}, {}, {}};
    std::vector<Move> at_entries, at_exits;
    for (std::size_t i = 0; i + 1 < steps.size(); i += 2) {
      const auto &plan = steps[i], &found = steps[i + 1], &next = steps[(i + 2) % steps.size()];
      fault.planned.push_back(plan.cable);
      fault.found.push_back(found.cable);
      at_entries.push_back({found.out, plan.in});
      at_exits.push_back({found.in, next.out});
    }
    if (fault.found.size() > 1) {  // one alone is right
      fault.moves = nearness(at_entries) < nearness(at_exits) ? at_exits : at_entries;
      faults_.push_back(std::move(fault));
    }
  }

  /// 2 within one node, 1 within a rack.
  [[nodiscard]] int nearness(const std::vector<Move>& moves) const {
    const auto all = [&](const auto& same) { return std::ranges::all_of(moves, same); };
    const auto first = moves.front().from;
    if (all([&](const auto& move) { return is_same_whole(move.from, first); })) {
      return 2;
    }
    const auto rack = cabling_.rack(first.part);
    return !rack.empty() && all([&](const auto& move) { return cabling_.rack(move.from.part) == rack; }) ? 1 : 0;
  }

  /// Each found cable of a chain was planned as one of its neighbours; where both are possible, those in the right
  /// nodes are taken, and then those of nodes that are there.
  void add_moves(const Steps& steps) {
    const bool begins = steps.front().is_planned, ends = steps.back().is_planned;
    const auto before = moved(steps, true), after = moved(steps, false);
    const bool take_before = begins == ends ? likeness(before) >= likeness(after) : begins;
    std::ranges::copy(take_before ? before : after, std::back_inserter(faults_));
    if (begins && ends) {  // one more is planned than is there
      add_lone(take_before ? steps.back() : steps.front());
    }
  }

  [[nodiscard]] std::size_t likeness(const std::vector<CableFault>& faults) const {
    std::size_t sum = 0;
    for (const auto& fault : faults) {
      const auto node = cabling_.whole(fault.moves[0].to.part);
      sum += (fault.kind == Kind::wrong_port ? 2U : 0U) + (has_cables_[node] ? 1U : 0U);
    }
    return sum;
  }

  [[nodiscard]] std::vector<CableFault> moved(const Steps& steps, bool before) const {
    std::vector<CableFault> faults;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool has_before = i > 0, has_after = i + 1 < steps.size();
      const bool take_before = has_before && (before || !has_after);
      if (!steps[i].is_planned) {
        faults.push_back(take_before ? moved(steps[i - 1], steps[i], steps[i - 1].in, steps[i].out)
                                     : moved(steps[i + 1], steps[i], steps[i + 1].out, steps[i].in));
      }
    }
    return faults;
  }

  [[nodiscard]] CableFault moved(const ChainStep& plan, const ChainStep& found, const Socket& to,
                                 const Socket& from) const {
    const auto kind = is_same_whole(from, to) ? Kind::wrong_port : Kind::wrong_node;
    return {kind, {plan.cable}, {found.cable}, {{from, to}}};
  }

  [[nodiscard]] std::vector<Move> moves(const Cable& found, const Cable& planned) const {
    const auto &x = found.ends[0], &y = found.ends[1];
    const bool is_crossed = !is_same_whole(x, planned.ends[0]);
    return {{is_crossed ? y : x, planned.ends[0]}, {is_crossed ? x : y, planned.ends[1]}};
  }

  [[nodiscard]] bool is_same_whole(const Socket& x, const Socket& y) const {
    return cabling_.whole(x.part) == cabling_.whole(y.part);
  }

  [[nodiscard]] std::pair<Part, Part> wholes(const Cable& cable) const {
    const auto x = cabling_.whole(cable.ends[0].part), y = cabling_.whole(cable.ends[1].part);
    return {std::min(x, y), std::max(x, y)};
  }

  const Cabling& cabling_;
  std::vector<bool> has_cables_;  // by part
  std::vector<std::uint32_t> lone_planned_, lone_found_;
  std::vector<CableFault> faults_;
};

}  // namespace

std::vector<CableFault> faults_of(const Cabling& cabling, std::vector<std::uint32_t> planned,
                                  std::vector<std::uint32_t> found) {
  Explanation explanation(cabling);
  for (const auto& chain : chains_of(cabling, std::move(planned), std::move(found))) {
    explanation.add(chain);
  }
  return explanation.take();
}

}  // namespace plumb::topology
