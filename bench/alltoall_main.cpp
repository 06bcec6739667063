#include "bench/collective_program.h"

int main(int argc, char** argv) {
  return plumb::bench::collective_main(plumb::bench::CollectiveKind::alltoall, argc, argv);
}
