#include "diag/nccl_log_program.h"

int main(int argc, char** argv) { return plumb::diag::nccl_log_main(argc, argv); }
