#include "reports/localise.h"

#include <algorithm>
#include <functional>

#include "core/statistics.h"
#include "reports/blame_search.h"
#include "reports/parallel.h"

namespace plumb::reports {
namespace {

template <class Model>
std::vector<bool> signs_in(const Model& model) {
  std::vector<bool> is_sign;
  is_sign.reserve(model.of.size());
  for (const auto& measured : model.of) {
    is_sign.push_back(Model::is_sign(measured));
  }
  return is_sign;
}

template <class Model>
Signs signs_of(const Model& model, std::vector<bool> is_sign) {
  Signs signs;
  signs.promise.resize(model.of.size());
  in_parallel(model.of.size(), [&](std::size_t first, std::size_t end) {
    for (auto m = first; m < end; ++m) {
      signs.promise[m] = static_cast<float>(model.promise(model.of[m]));
    }
  });
  signs.is_sign = std::move(is_sign);
  signs.is_low.reserve(model.of.size());
  for (std::size_t m = 0; m < model.of.size(); ++m) {
    signs.is_low.push_back(signs.is_sign[m] || (Model::kTypical < 1 && model.of[m].ratio < Model::kTypical));
  }
  return signs;
}

/// Measurements of each part as an end, and those that show a sign.
struct EndCounts {
  std::vector<std::uint32_t> signs, all;
};

EndCounts count_ends(const Incidence& incidence, const std::vector<bool>& is_sign) {
  EndCounts counts{std::vector<std::uint32_t>(incidence.parts()), std::vector<std::uint32_t>(incidence.parts())};
  for (std::size_t m = 0; m < is_sign.size(); ++m) {
    incidence.touched->for_each_end(incidence.path[m], [&](const Touch& end) {
      ++counts.all[end.part];
      counts.signs[end.part] += is_sign[m] ? 1 : 0;
    });
  }
  return counts;
}

/// Share of measurements that show a sign while nothing else of their ends does: what passes by.
double passing_share(const Incidence& incidence, const EndCounts& counts, const std::vector<bool>& is_sign) {
  constexpr std::uint32_t kFewOfAnEnd = 16;  // with more measurements, two signs may be there by chance
  std::size_t lone = 0;
  for (std::size_t m = 0; m < is_sign.size(); ++m) {
    bool is_lone = is_sign[m];
    incidence.touched->for_each_end(incidence.path[m], [&](const Touch& end) {
      is_lone = is_lone && (counts.signs[end.part] < 2 || counts.all[end.part] > kFewOfAnEnd);
    });
    lone += is_lone ? 1 : 0;
  }
  return std::max(kDisturbed,
                  static_cast<double>(lone) / static_cast<double>(std::max<std::size_t>(1, is_sign.size())));
}

/// Share of events among measurements whose ends are not the quarter that has most of them, and one more event: where
/// events are everywhere, few of them are lone.
double usual_share(const Incidence& incidence, const EndCounts& counts, const std::vector<bool>& is_sign) {
  constexpr double kThreeQuarters = 0.75;
  std::vector<double> shares;
  const auto share_at = [&](std::size_t part) {
    return static_cast<double>(counts.signs[part]) / std::max<std::uint32_t>(1, counts.all[part]);
  };
  for (std::size_t part = 0; part < counts.all.size(); ++part) {
    if (counts.all[part] > 0) {
      shares.push_back(share_at(part));
    }
  }
  std::ranges::sort(shares);
  const double most = shares.empty() ? 1 : core::sorted_percentile(shares, kThreeQuarters);
  double events = 1, all = 2;
  for (std::size_t m = 0; m < is_sign.size(); ++m) {
    bool counts_here = true;
    incidence.touched->for_each_end(incidence.path[m],
                                    [&](const Touch& end) { counts_here = counts_here && share_at(end.part) <= most; });
    events += counts_here && is_sign[m] ? 1 : 0;
    all += counts_here ? 1 : 0;
  }
  return events / all;
}

}  // namespace

void Incidence::add(double measured_over_expected, double noise, std::uint32_t on_path) {
  ratio.push_back(static_cast<float>(measured_over_expected));
  sigma.push_back(static_cast<float>(noise));
  path.push_back(on_path);
}

namespace {

template <class Model>
Localisation search(const Incidence& incidence, const Model& model, std::vector<bool> is_sign) {
  const auto signs = signs_of(model, std::move(is_sign));
  const Columns columns(incidence, signs, least_of_candidates());
  return search_blames(incidence, signs, columns, model);
}

}  // namespace

Localisation localise(const Incidence& incidence) {
  if (incidence.measurements() == 0) {
    return {};
  }
  RateModel model{incidence.ratio, incidence.sigma};
  auto is_sign = signs_in(model);
  model.disturbed = passing_share(incidence, count_ends(incidence, is_sign), is_sign);
  return search(incidence, model, std::move(is_sign));
}

Localisation localise_events(const Incidence& incidence) {
  EventModel model{incidence.ratio};
  auto is_sign = signs_in(model);
  if (std::ranges::none_of(is_sign, std::identity())) {
    return {};
  }
  const auto counts = count_ends(incidence, is_sign);
  model.base_share = std::max(passing_share(incidence, counts, is_sign), usual_share(incidence, counts, is_sign));
  return search(incidence, model, std::move(is_sign));
}

}  // namespace plumb::reports
