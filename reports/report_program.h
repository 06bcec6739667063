#pragma once

namespace plumb::reports {

/// main() of plumb-report: reads run directories, judges them, writes its files into the first, prints the summary.
/// Returns the exit code of the contract: 0 pass, 1 findings, 3 nothing measured, 4 inconclusive or broken input.
int report_main(int argc, char** argv);

}  // namespace plumb::reports
