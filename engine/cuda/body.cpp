#include "engine/cuda/body.h"

#include <algorithm>
#include <cmath>

namespace ganflow::cuda {

int Body::pointer(const Place& place) {
  const auto same = [&](const Place& p) {
    return p.space == place.space && p.slot == place.slot && p.offset == place.offset;
  };
  const auto found = std::find_if(pointers.begin(), pointers.end(), same);
  if (found == pointers.end()) {
    pointers.push_back(place);
    return static_cast<int>(pointers.size()) - 1;
  }
  return static_cast<int>(found - pointers.begin());
}

const char* c_type(DType type) {
  switch (type) {
    case DType::mask:
      return "unsigned char";
    case DType::index:
      return "int";
    case DType::real:
      break;
  }
  return "float";
}

std::string literal(double x) {
  if (std::isfinite(x)) return fmt::format("{:a}", x);
  return fmt::format("ganflow::cuda::double_of({:#x}ull)", __builtin_bit_cast(std::uint64_t, x));
}

std::string numbers(const Attributes& a) {
  return fmt::format("{{{{{}}}, {{{}, {}}}}}", fmt::join(a.ints, ", "), literal(a.reals[0]),
                     literal(a.reals[1]));
}

}  // namespace ganflow::cuda
