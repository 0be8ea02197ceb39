// The engine by itself: there are no operators whose kernels its CPU could know.
#include "engine/cpu/table.h"

ganflow::cpu::TableOfKernels ganflow::cpu::operator_kernels() { return {}; }
