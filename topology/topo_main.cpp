#include "topology/topo_program.h"

int main(int argc, char** argv) { return plumb::topology::topo_main(argc, argv); }
