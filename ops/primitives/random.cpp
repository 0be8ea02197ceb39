#include "ops/primitives/random.h"

#include <algorithm>

#include "engine/program/authoring.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

std::array<double, 4> numbers(RandomKind kind, const PhiloxBlock& words) {
  std::array<double, 4> values;
  if (kind == RandomKind::normal) {
    const auto first = normal_pair(words[0], words[1]), second = normal_pair(words[2], words[3]);
    return {first[0], first[1], second[0], second[1]};
  }
  std::transform(words.begin(), words.end(), values.begin(),
                 kind == RandomKind::uniform ? uniform01 : random_sign);
  return values;
}

struct Random : Primitive {
  std::string_view name() const override { return "random"; }
  TensorType type(Types, const Attributes& a) const override { return decode_type(a); }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::leaf, .draws = true};
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Attributes& a = call.node->attributes;
      const DrawTime time = draw_time(a);
      const DrawClock& clock = call.clocks[time.clock];
      const std::int64_t code = a.ints[0];
      const auto kind = static_cast<RandomKind>(code & 0xff);
      const auto stream = static_cast<std::uint32_t>(code >> 8);
      const Extent n = call.node->shape().elements();
      for (Extent i = 0; i < n; i += 4) {
        const auto values = numbers(kind, random_block(clock.seed, stream, clock.step + time.offset,
                                                       static_cast<std::uint32_t>(i / 4)));
        std::transform(values.begin(), values.begin() + std::min<Extent>(4, n - i),
                       result<T>(call) + i, [](double v) { return static_cast<T>(v); });
      }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& random_primitive() {
  static const Random primitive;
  return primitive;
}

Value random(Builder& builder, RandomKind kind, const Shape& shape, std::uint32_t stream) {
  Attributes a;
  a.ints[0] = static_cast<std::int64_t>(kind) | static_cast<std::int64_t>(stream) << 8;
  encode_type({shape, DType::real}, a);
  return {builder, builder(random_primitive(), std::span<const ValueId>(), a)};
}

}  // namespace ganflow
