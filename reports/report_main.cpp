#include "reports/report_program.h"

int main(int argc, char** argv) { return plumb::reports::report_main(argc, argv); }
