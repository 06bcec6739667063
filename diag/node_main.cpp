#include "diag/node_program.h"

int main(int argc, char** argv) { return plumb::diag::node_main(argc, argv); }
