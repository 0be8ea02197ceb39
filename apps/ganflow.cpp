#include "apps/command/run.h"

int main(int argc, char** argv) { return ganflow::run_command(argc, argv); }
