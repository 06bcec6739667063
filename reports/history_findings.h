// What the history says, as findings and as evidence of findings that tonight has anyway. Called by history.cpp only.
#pragma once

#include <map>
#include <set>

#include "reports/history_past.h"

namespace plumb::reports {

/// What findings are made from. The file name is that of the history.
struct HistoryContext {
  const RunSummary& tonight;
  const ReadPast& past;
  std::string file;
};

/// By what changed: the first suspects of findings that it explains.
using Explained = std::map<std::vector<Change>, std::vector<std::string>>;

/// Takes out of the verdict slow parts that are as slow as all on which the same has changed, were not slow before, and
/// are not among `own`, the parts that shifted by themselves. The levels in `context` are those against peers.
Explained take_explained(const std::vector<CommonShift>& shifts, const std::vector<PartShift>& own,
                         const HistoryContext& context, core::Verdict& verdict);

/// One finding a cause, however many questions and kinds of parts it moved.
std::vector<core::Finding> common_findings(const std::vector<CommonShift>& shifts, const Explained& explained,
                                           const HistoryContext& context);

/// Ids that name what shifted.
std::set<std::string> names_of(const std::vector<PartShift>& shifts, const HistoryContext& context);

/// A shift of a part that tonight's findings name already becomes evidence there; the others are findings of their own.
std::vector<core::Finding> part_findings(const std::vector<PartShift>& shifts, const HistoryContext& context,
                                         core::Verdict& verdict);

/// Tells of each slow part how it was in earlier runs.
void tell_usual(const HistoryContext& context, core::Verdict& verdict);

/// Parts, by serial number where one is known, that earlier runs flagged: evidence, and advice when they come back
/// again and again.
void tell_repeats(const HistoryStore& store, const HistoryContext& context, const Serials& serials,
                  core::Verdict& verdict);

/// What shifted, as evidence tells it.
std::string words_of(const CommonShift& shift, const HistoryContext& context);
std::string words_of(const PartShift& shift, const HistoryContext& context);
/// The part, or the host or leaf.
std::string id_of(const PartShift& shift, const HistoryContext& context);

/// "driver 550.54 -> 560.1, firmware 28.41 -> 28.43".
std::string spoken(const std::vector<Change>& changes);

}  // namespace plumb::reports
