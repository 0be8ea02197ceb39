#include "ops/transforms/rescale.h"

#include "engine/error.h"
#include "engine/program/affine.h"
#include "ops/checks.h"

namespace ganflow {

Value Rescale::operator()(Formula& f, Value x) const {
  for (const auto& [option, value] :
       {std::pair{"from_lo", from_lo}, {"from_hi", from_hi}, {"to_lo", to_lo}, {"to_hi", to_hi}})
    require_in(f, option, value, any_number());
  if (from_lo == from_hi)
    formula_error(f.builder(),
                  fmt::format("from_lo and from_hi are both {}, they must differ", from_lo));
  const double scale = (to_hi - to_lo) / (from_hi - from_lo);
  return affine(x, scale, to_lo - scale * from_lo);
}

}  // namespace ganflow
