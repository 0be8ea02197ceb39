#include "ops/ports.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

struct Sum {
  Value operator()(Formula&, Value x, Value y) const { return x + y; }
};
struct Difference {
  Value operator()(Formula&, Value x, Value y) const { return x - y; }
};
struct Scaled {
  double factor = 1;
  Value operator()(Formula&, Value x) const { return factor * x; }
};
struct Mean {
  Value operator()(Formula&, Value x) const { return mean(x); }
};

}  // namespace

Port operator+(Port x, Port y) { return x.graph().add("", Sum{}, x, y); }
Port operator-(Port x, Port y) { return x.graph().add("", Difference{}, x, y); }
Port operator*(double factor, Port x) { return x.graph().add("", Scaled{factor}, x); }
Port operator-(Port x) { return -1.0 * x; }
Port mean(Port x) { return x.graph().add("", Mean{}, x); }

}  // namespace ganflow
