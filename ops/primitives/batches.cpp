#include "ops/primitives/batches.h"

#include <fmt/format.h>

#include <cstring>

#include "engine/program/authoring.h"
#include "ops/primitives/formulas/points.h"
#include "ops/primitives/formulas/set_images.h"
#include "ops/primitives/formulas/sphere_images.h"

namespace ganflow {
namespace {

// What a draw of a node reads.
struct Drawn {
  std::uint64_t seed = 0, step = 0;
  std::uint32_t stream = 0;
  Drawn() = default;
  explicit Drawn(const KernelCall& call) {
    const Attributes& a = call.node->attributes;
    const DrawTime time = draw_time(a);
    seed = call.clocks[time.clock].seed;
    step = call.clocks[time.clock].step + time.offset;
    stream = static_cast<std::uint32_t>(a.ints[0] >> 8);
  }
};

// A table is raw bytes, whatever the type of its tensor.
template <class T>
const T* table(const KernelCall& call, int i) {
  return reinterpret_cast<const T*>(call.inputs[i]);
}
template <class T>
T record(const KernelCall& call, int i) {
  T value;
  std::memcpy(&value, call.inputs[i], sizeof value);
  return value;
}

// F: name, operands, whether it draws, and the elements of its result.
template <class F>
struct Batch : Primitive {
  std::string_view name() const override { return F::kName; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, F::kOperands);
    F::check(in, a);
    return decode_type(a);
  }
  Traits traits(Types, const Attributes& a) const override {
    return {.role = Role::indexed, .draws = F::draws(a)};
  }
  KernelPair reference() const override { return kernel_pair<F>(); }
};

struct SetItems {
  static constexpr std::string_view kName = "set_items";
  static constexpr int kOperands = 1;
  static bool draws(const Attributes&) { return true; }
  static void check(Types, const Attributes&) {}
  template <class T>
  static void run(const KernelCall& call) {
    const Drawn by(call);
    const auto order = record<formulas::SetOrder>(call, 0);
    const Extent n = call.node->shape().rows();
    for (Extent i = 0; i < n; ++i)
      result<std::int32_t>(call)[i] =
          static_cast<std::int32_t>(formulas::set_item(order, by.seed, by.stream, by.step, n, i));
  }
};

struct SetImages {
  static constexpr std::string_view kName = "set_images";
  static constexpr int kOperands = 3;
  static formulas::Levels levels(const Attributes& a) {
    return static_cast<formulas::Levels>(a.ints[0] & 0xff);
  }
  static bool draws(const Attributes& a) { return levels(a) != formulas::Levels::table; }
  static void check(Types in, const Attributes& a) {
    require_dtype(kName, in, 0, DType::index);
    require_dtype(kName, in, 2, DType::real);
    const Extent rows = decode_type(a).shape.rows();
    if (in[0].shape != Shape{rows})
      shape_error(kName, fmt::format("{} rows need as many items", rows), in);
  }
  template <class T, formulas::Levels levels>
  static void run_as(const KernelCall& call) {
    const bool draw = levels != formulas::Levels::table;
    const Drawn by = draw ? Drawn(call) : Drawn();
    const Extent n = call.node->shape().elements(), item = call.node->shape().row_elements();
    for (Extent e = 0; e < n; ++e)
      result<T>(call)[e] = formulas::set_image<levels>(
          e, operand<std::int32_t>(call, 0), table<unsigned char>(call, 1), operand<T>(call, 2),
          item, by.seed, by.stream, by.step);
  }
  template <class T>
  static void run(const KernelCall& call) {
    switch (levels(call.node->attributes)) {
      case formulas::Levels::table:
        return run_as<T, formulas::Levels::table>(call);
      case formulas::Levels::unit:
        return run_as<T, formulas::Levels::unit>(call);
      case formulas::Levels::symmetric:
        return run_as<T, formulas::Levels::symmetric>(call);
    }
  }
};

struct SpherePlacesOf {
  static constexpr std::string_view kName = "sphere_places";
  static constexpr int kOperands = 3;
  static bool draws(const Attributes&) { return true; }
  static void check(Types, const Attributes&) {}
  template <class T>
  static void run(const KernelCall& call) {
    const Drawn by(call);
    const auto spheres = record<formulas::SphereBatches>(call, 0);
    const Shape& shape = call.node->shape();
    for (Extent e = 0; e < shape.elements(); ++e)
      result<std::int32_t>(call)[e] =
          formulas::sphere_place(e, spheres, table<int>(call, 1), table<std::uint64_t>(call, 2),
                                 by.seed, by.stream, by.step, shape.rows());
  }
};

struct SphereImages {
  static constexpr std::string_view kName = "sphere_images";
  static constexpr int kOperands = 2;
  static bool draws(const Attributes&) { return false; }
  static void check(Types in, const Attributes& a) {
    require_dtype(kName, in, 0, DType::index);
    require_dtype(kName, in, 1, DType::real);
    const Extent rows = decode_type(a).shape.rows();
    if (in[0].shape.rank() != 2 || in[0].shape[0] != rows)
      shape_error(kName, fmt::format("{} rows need as many rows of places", rows), in);
  }
  template <class T>
  static void run(const KernelCall& call) {
    const auto& ints = call.node->attributes.ints;
    for (Extent e = 0; e < call.node->shape().elements(); ++e)
      result<T>(call)[e] =
          formulas::sphere_pixel(e, operand<std::int32_t>(call, 0), operand<T>(call, 1), ints[5],
                                 call.input_types[0].shape[1], ints[6], ints[7]);
  }
};

struct MixturePoints {
  static constexpr std::string_view kName = "mixture_points";
  static constexpr int kOperands = 1;
  static bool draws(const Attributes&) { return true; }
  static void check(Types, const Attributes&) {}
  template <class T>
  static void run(const KernelCall& call) {
    const Drawn by(call);
    const Shape& shape = call.node->shape();
    const int axes = static_cast<int>(shape[1]);
    const auto modes = static_cast<std::uint64_t>(call.node->attributes.ints[5]);
    for (Extent i = 0; i < shape.rows(); ++i) {
      const formulas::Point point = formulas::mixture_point(i, table<double>(call, 0), modes, axes,
                                                            by.seed, by.stream, by.step);
      for (int axis = 0; axis < axes; ++axis)
        result<T>(call)[i * axes + axis] = static_cast<T>(point.x[axis]);
    }
  }
};

struct SwissRollPoints {
  static constexpr std::string_view kName = "swiss_roll_points";
  static constexpr int kOperands = 1;
  static bool draws(const Attributes&) { return true; }
  static void check(Types, const Attributes&) {}
  template <class T>
  static void run(const KernelCall& call) {
    const Drawn by(call);
    const auto std = record<double>(call, 0);
    for (Extent i = 0; i < call.node->shape().rows(); ++i) {
      const formulas::Point point = formulas::swiss_roll_point(i, std, by.seed, by.stream, by.step);
      for (int axis = 0; axis < 2; ++axis)
        result<T>(call)[2 * i + axis] = static_cast<T>(point.x[axis]);
    }
  }
};

Attributes attributes(const TensorType& type, const DrawBy& by, int kind = 0) {
  Attributes a;
  a.ints[0] = kind | static_cast<std::int64_t>(by.stream) << 8;
  encode_type(type, a);
  set_draw_time(a, by.time);
  return a;
}

}  // namespace

const Primitive& set_items_primitive() {
  static const Batch<SetItems> primitive;
  return primitive;
}
const Primitive& set_images_primitive() {
  static const Batch<SetImages> primitive;
  return primitive;
}
const Primitive& sphere_places_primitive() {
  static const Batch<SpherePlacesOf> primitive;
  return primitive;
}
const Primitive& sphere_images_primitive() {
  static const Batch<SphereImages> primitive;
  return primitive;
}
const Primitive& mixture_points_primitive() {
  static const Batch<MixturePoints> primitive;
  return primitive;
}
const Primitive& swiss_roll_points_primitive() {
  static const Batch<SwissRollPoints> primitive;
  return primitive;
}

Value set_items(Value order, Extent batch, const DrawBy& by) {
  return apply(set_items_primitive(), {order}, attributes({Shape{batch}, DType::index}, by));
}

Value set_images(Value items, Value bytes, Value table, const Shape& item, formulas::Levels levels,
                 const DrawBy& by) {
  const Shape shape = item.with(0, items.rows());
  return apply(set_images_primitive(), {items, bytes, table},
               attributes({shape, DType::real}, by, static_cast<int>(levels)));
}

Value sphere_places(Value spheres, Value gaps, Value starts, Extent batch, Extent count,
                    const DrawBy& by) {
  return apply(sphere_places_primitive(), {spheres, gaps, starts},
               attributes({Shape{batch, count}, DType::index}, by));
}

Value sphere_images(Value places, Value table, Extent side, Extent positions, Extent low) {
  Attributes a = attributes({Shape{places.rows(), side * side}, DType::real}, {});
  a.ints[5] = side, a.ints[6] = positions, a.ints[7] = low;
  return apply(sphere_images_primitive(), {places, table}, a);
}

Value mixture_points(Value numbers, Extent batch, Extent axes, Extent modes, const DrawBy& by) {
  Attributes a = attributes({Shape{batch, axes}, DType::real}, by);
  a.ints[5] = modes;
  return apply(mixture_points_primitive(), {numbers}, a);
}

Value swiss_roll_points(Value std, Extent batch, const DrawBy& by) {
  return apply(swiss_roll_points_primitive(), {std},
               attributes({Shape{batch, 2}, DType::real}, by));
}

}  // namespace ganflow
