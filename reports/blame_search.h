// The search for the few groups of parts that explain what is slow. docs/verdicts.md, sections 3 and 4.
#pragma once

#include "reports/weighing.h"

namespace plumb::reports {

/// Log evidence that counts as a case against a group at all: columns need no entries of others.
double least_of_candidates();

/// For each model of likelihood.h.
template <class Model>
Localisation search_blames(const Incidence& incidence, const Signs& signs, const Columns& columns, const Model& model);

}  // namespace plumb::reports
