// Asks again for each answer that the first pass through a fabric has lost.
#pragma once

#include "topology/ib_survey.h"
#include "topology/mad_exchange.h"

namespace plumb::topology {

/// Fills the gaps of `survey`, and goes on behind what they hid, until all is known or what is left does not answer.
void repair(IbSurvey& survey, MadTransport& transport, Deadline deadline);

}  // namespace plumb::topology
