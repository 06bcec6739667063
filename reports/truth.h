// What `plumb-report simulate` planted, and what `plumb-report grade` holds findings against: truth.csv.
#pragma once

#include <string>
#include <string_view>

#include "core/rows.h"

namespace plumb::reports {

/// One row a component that counts as found; the rows of a fault follow each other, the broken part first.
struct TruthRow {
  static constexpr std::string_view kTable = "truth";
  std::string fault, kind, component;
  double factor = 1;       // measured over healthy rate
  std::string direction;   // "out" or "in", as its host sees it; empty: both
  core::Integer rows = 0;  // of pairs.csv that it slowed
  std::string visible_in;  // tables that show it, with spaces between; empty: nothing that was written shows it
  std::string note;

  static constexpr auto columns() {
    using R = TruthRow;
    return std::tuple(core::column("fault", &R::fault), core::column("kind", &R::kind),
                      core::column("component", &R::component), core::column("factor", &R::factor),
                      core::optional_column("direction", &R::direction), core::optional_column("rows", &R::rows),
                      core::optional_column("visible_in", &R::visible_in), core::optional_column("note", &R::note));
  }
};

/// The component of what is no part's fault: a uniformly slow fabric, a new driver.
inline constexpr std::string_view kWholeFabric = "fabric";

}  // namespace plumb::reports
