// Arithmetic on ports, so that a topology reads like its paper: loss + gp, -mean(score). Each makes
// a formula node of its own.
#pragma once

#include "engine/graph/graph.h"

namespace ganflow {

Port operator+(Port x, Port y);  // equal shapes, or one of them a number
Port operator-(Port x, Port y);
Port operator*(double factor, Port x);
Port operator-(Port x);
Port mean(Port x);  // over all elements -> ()

}  // namespace ganflow
