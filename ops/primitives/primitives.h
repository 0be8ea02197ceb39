// Everything formulas are written in.
#pragma once

#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/gather.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/pool.h"
#include "ops/primitives/ramp.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"
