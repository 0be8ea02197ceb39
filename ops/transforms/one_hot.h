// Class numbers as indicator vectors, what conditional networks read (GU-06, GU-09, GU-21).
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// x (N), numbers 0 .. classes - 1 -> (N,K), 1 at the place of the number and 0 elsewhere. A number
// that is no class gives zeros. `classes` of a data set's labels is label.classes().
struct OneHot {
  Extent classes = 0;  // K >= 1

  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
