// Batches of the sources, drawn by a program (engine/graph/resident.h): the same formulas as those
// that the sources fill batches by, so the same bits. No derivative. N: the batch.
//
//   set_items(order) -> (N)              which items of a set the batch has
//   set_images(items (N), bytes, table (256)) -> (N, item...)
//   sphere_places(spheres, gaps, starts) -> (N, count)      where the spheres' centres lie
//   sphere_images(places (N, count), table (2 side - 1, 2 side - 1)) -> (N, side side)
//   mixture_points(numbers) -> (N, axes)
//   swiss_roll_points(std) -> (N, 2)
//
// Operands without a shape are raw words of a table.
#pragma once

#include "engine/graph/resident.h"

namespace ganflow {

namespace formulas {
enum class Levels : int;
}

// order: formulas::SetOrder.
Value set_items(Value order, Extent batch, const DrawBy& by);
// bytes: the items of a set one after the other; table: what a byte becomes, where `levels` does
// not dequantise it.
Value set_images(Value items, Value bytes, Value table, const Shape& item, formulas::Levels levels,
                 const DrawBy& by);
// spheres: formulas::SphereBatches; gaps: int; starts: 64 bits each.
Value sphere_places(Value spheres, Value gaps, Value starts, Extent batch, Extent count,
                    const DrawBy& by);
// positions: along each axis; low: the coordinate of the first.
Value sphere_images(Value places, Value table, Extent side, Extent positions, Extent low);
// numbers: double, the std, then `modes` times the axes.
Value mixture_points(Value numbers, Extent batch, Extent axes, Extent modes, const DrawBy& by);
// std: one double.
Value swiss_roll_points(Value std, Extent batch, const DrawBy& by);

// ints[0] = kind + 256 stream, the step by draw_time(), the result's type by encode_type(). kind:
// formulas::Levels of set_images. Behind the extents, from ints[5] on: modes of mixture_points;
// side, positions and low of sphere_images.
const Primitive& set_items_primitive();
const Primitive& set_images_primitive();
const Primitive& sphere_places_primitive();
const Primitive& sphere_images_primitive();
const Primitive& mixture_points_primitive();
const Primitive& swiss_roll_points_primitive();

}  // namespace ganflow
