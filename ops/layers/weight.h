// What a layer does to its weight before it is used, with state of its own beside it.
#pragma once

#include <functional>

#include "ops/layers/initializers.h"

namespace ganflow {

// w as stored -> w as used, of the same shape; traced in the layer's scope.
using WeightTransform = std::function<Value(Formula& f, Value w)>;

}  // namespace ganflow
