// Where cables run: parallel ones as one line, whose width tells their rate; faulty ones each a line of its own where
// they are few enough to be seen.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "topology/map_bundles.h"

namespace plumb::topology {
namespace {

constexpr double kThinnest = 1.1, kThickest = 6.5, kHairline = 0.8, kShareOfSide = 0.86, kShareOfStep = 0.75;
constexpr double kBow = 68, kApart = 5, kSlant = 60, kSlantedWidth = 200, kBus = 2;

/// The end of a line on a side of a box.
struct End {
  std::size_t line = 0;
  bool is_upper = false;
  double towards = 0;  // x of its other end
  int rail = kNoRail;
};

class Cables {
 public:
  explicit Cables(Drawing& drawing) : d_(drawing), bundles_(bundles_of(drawing)) {}

  void draw() {
    find_leaves_of_lanes();
    spread_ends();
    choose_widths();
    for (std::size_t i = 0; i < bundles_.size(); ++i) {
      draw(i);
    }
    draw_lanes();
    note_gaps(d_, bundles_, middles_);
  }

 private:
  struct Lane {
    std::vector<Anchor> leaves;
    int rail = kNoRail;
  };

  void find_leaves_of_lanes() {
    for (const auto& [key, cables, rate, slowest, fastest, first] : bundles_) {
      if (key.lower.kind == Anchor::Kind::lane) {
        auto& lane = lanes_[{key.lower.index, key.lower.lane}];
        lane.rail = key.rail;
        if (lane.leaves.empty() || lane.leaves.back() != key.upper) {
          lane.leaves.push_back(key.upper);
        }
      }
    }
  }

  [[nodiscard]] double x_of(const Anchor& anchor, const Anchor& other) const {
    switch (anchor.kind) {
      case Anchor::Kind::box:
        return d_.place[anchor.index].x + d_.place[anchor.index].width / 2;
      case Anchor::Kind::cell:
        return d_.cell[anchor.index].x;
      case Anchor::Kind::lane:
        break;
    }
    return drop(anchor, other);
  }

  /// Where a lane's line comes down: between two columns, each lane's a little further to the right.
  [[nodiscard]] double drop(const Anchor& lane, const Anchor& leaf) const {
    const auto& block = d_.blocks[lane.index];
    const double columns = block.last - block.first, gaps = std::max(columns - 1, 1.0);
    const double gap = std::clamp(std::round((lane.lane + 0.5) / d_.lanes * columns), 1.0, gaps);
    const double lanes_a_gap = std::ceil(d_.lanes / gaps);
    const double aside = (std::fmod(lane.lane, lanes_a_gap) - (lanes_a_gap - 1) / 2) * 3;
    const auto& leaves = lanes_.at({lane.index, lane.lane}).leaves;
    const auto nth = static_cast<double>(std::ranges::find(leaves, leaf) - leaves.begin());
    return block.x + gap * block.column + aside + nth * kApart;
  }

  /// Ends share the sides of their boxes in the order of where they come from, so that lines cross little.
  void spread_ends() {
    std::map<std::pair<std::uint32_t, bool>, std::vector<End>> sides;  // by cluster; true: its lower side
    for (std::size_t i = 0; i < bundles_.size(); ++i) {
      const auto& key = bundles_[i].key;
      const double upper = x_of(key.upper, key.lower), lower = x_of(key.lower, key.upper);
      ends_.emplace_back(upper, lower);
      room_.push_back(kThickest);
      if (key.upper.kind == Anchor::Kind::box) {
        sides[{key.upper.index, key.upper_tier != key.lower_tier}].push_back({i, true, lower, key.rail});
      }
      if (key.lower.kind == Anchor::Kind::box) {
        sides[{key.lower.index, false}].push_back({i, false, upper, key.rail});
      }
    }
    for (auto& [side, ends] : sides) {
      spread(d_.place[side.first], ends);
    }
  }

  void spread(const Box& box, std::vector<End>& ends) {
    std::ranges::stable_sort(
        ends, [](const End& x, const End& y) { return std::pair(x.towards, x.rail) < std::pair(y.towards, y.rail); });
    const double step = box.width * kShareOfSide / static_cast<double>(ends.size());
    for (std::size_t k = 0; k < ends.size(); ++k) {
      auto& line = ends_[ends[k].line];
      (ends[k].is_upper ? line.first : line.second) =
          box.x + box.width * (1 - kShareOfSide) / 2 + (static_cast<double>(k) + 0.5) * step;
      auto& room = room_[ends[k].line];
      room = std::min(room, std::max(step * kShareOfStep, kHairline));
    }
  }

  /// The area of a line tells its rate; where many lines cross, all are thin.
  void choose_widths() {
    double greatest = 1, one = 0;
    std::map<std::uint32_t, double> slanted;  // by the lower tier
    const auto is_slanted = [&](std::size_t i) { return std::abs(ends_[i].first - ends_[i].second) > kSlant; };
    for (std::size_t i = 0; i < bundles_.size(); ++i) {
      greatest = std::max(greatest, bundles_[i].rate_Bps);
      one = std::max(one, bundles_[i].fastest_Bps);
      slanted[bundles_[i].key.lower_tier] += is_slanted(i) ? 1 : 0;
    }
    const double thickest = one > 0 ? std::min(kThickest, 1.3 * std::sqrt(greatest / one)) : kThinnest;
    for (std::size_t i = 0; i < bundles_.size(); ++i) {
      const double crossing = slanted[bundles_[i].key.lower_tier];
      const double room = std::min(room_[i], std::max(kHairline, kSlantedWidth / std::max(crossing, 1.0)));
      const double width = thickest * std::sqrt(bundles_[i].rate_Bps / greatest);
      widths_.push_back(std::clamp(width, std::min(kThinnest, room), room));
    }
  }

  [[nodiscard]] double top_of(const Anchor& anchor, std::uint32_t tier) const {
    return anchor.kind == Anchor::Kind::cell ? d_.cell[anchor.index].y : d_.top[tier];
  }

  /// Between boxes of one row: a bow above them.
  [[nodiscard]] std::vector<Point> points_of(std::size_t i) const {
    const auto& key = bundles_[i].key;
    const auto [x_upper, x_lower] = ends_[i];
    const double row = d_.top[key.lower_tier];
    if (key.upper_tier == key.lower_tier) {
      return {{x_upper, top_of(key.upper, key.upper_tier)},
              {(x_upper + x_lower) / 2, row - kBow},
              {x_lower, top_of(key.lower, key.lower_tier)}};
    }
    const auto& box = d_.place[key.upper.index];
    std::vector<Point> points{{x_upper, box.y + box.height}, {x_lower, row}};
    if (key.lower.kind == Anchor::Kind::lane) {
      points.push_back({x_lower, middle_of_lane(d_, key.lower.lane)});
    } else if (key.lower.kind == Anchor::Kind::cell) {
      points.push_back({x_lower, d_.cell[key.lower.index].y});
    }
    return points;
  }

  [[nodiscard]] std::string id_of(const BundleKey& key) const {
    return key.missing != kNoPlace ? d_.conditions.faults[key.missing].subject
           : key.alone != kNoPlace ? std::string(d_.graph.link_row(key.alone).id)
                                   : "";
  }

  void draw(std::size_t i) {
    const auto& key = bundles_[i].key;
    Line line{points_of(i), widths_[i], key.rail, key.condition};
    line.curved = key.upper_tier == key.lower_tier;
    line.missing = key.missing != kNoPlace;
    line.id = id_of(key);
    line.tip = tip_of_bundle(d_, bundles_[i]);
    const auto &from = line.points[0], &to = line.points[1];
    middles_.push_back({(from.x + to.x) / 2, (from.y + to.y) / 2});
    number(key, line);
    auto& layer = key.condition >= Condition::warn ? d_.picture.faulty_lines : d_.picture.lines;
    layer.push_back(std::move(line));
  }

  /// Badges stand at different heights, so that those of neighbours do not hide each other.
  void number(const BundleKey& key, const Line& line) {
    std::vector<std::size_t> faults;
    if (const auto found = d_.faults_of_link.find(key.alone); found != d_.faults_of_link.end()) {
      faults = found->second;
    } else if (key.missing < kNumbered) {
      faults = {key.missing};
    }
    if (!faults.empty()) {
      const double t = line.curved ? 0.25 : 0.3 + 0.1 * static_cast<double>(badges_++ % 5);
      const auto &from = line.points[0], &to = line.points[1];
      add_badges(d_, faults, {from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)}, 1000);
    }
  }

  /// A lane's NICs hang on one line.
  void draw_lanes() {
    for (const auto& [place, lane] : lanes_) {
      const auto& block = d_.blocks[place.first];
      const double y = middle_of_lane(d_, place.second), half = block.column / 2;
      d_.picture.lines.push_back({{{block.x + half, y}, {block.x + block.width - half, y}}, kBus, lane.rail});
    }
  }

  Drawing& d_;
  std::vector<Bundle> bundles_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Lane> lanes_;  // by block of hosts and lane
  std::vector<std::pair<double, double>> ends_;                    // by bundle: x of its upper and of its lower end
  std::vector<double> room_, widths_;                              // by bundle
  std::vector<Point> middles_;                                     // by bundle
  std::size_t badges_ = 0;
};

}  // namespace

void draw_cables(Drawing& drawing) { Cables(drawing).draw(); }

}  // namespace plumb::topology
