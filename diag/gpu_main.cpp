#include "diag/gpu_program.h"

int main(int argc, char** argv) { return plumb::diag::gpu_main(argc, argv); }
