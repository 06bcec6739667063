#include "bench/collective_program.h"

// Built once a collective; the build names it.
int main(int argc, char** argv) {
  return plumb::bench::collective_main(plumb::bench::CollectiveKind::PLUMB_COLLECTIVE, argc, argv);
}
