#include "bench/pair_program.h"

int main(int argc, char** argv) { return plumb::bench::pairs_main(argc, argv); }
