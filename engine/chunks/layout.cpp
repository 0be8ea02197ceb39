#include "engine/chunks/layout.h"

#include <utility>

#include "engine/chunks/peers.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/memory.h"

namespace ganflow {

std::size_t bytes_of(const TensorType& type) {
  return static_cast<std::size_t>(type.shape.elements()) *
         element_bytes(type.dtype, Precision::float32);
}

const ChunkJoint* ChunkLayout::joint_behind(std::size_t piece) const {
  for (const ChunkJoint& joint : joints)
    if (joint.behind == static_cast<int>(piece)) return &joint;
  return nullptr;
}

ChunkLayout lay_out(const Pieces& pieces, const Chunking& chunking, int ranks, int rank,
                    std::size_t begin) {
  ChunkLayout layout{.rank = rank, .own_chunks = chunking.chunks / ranks};
  layout.first_chunk = rank * layout.own_chunks;
  layout.crossing.resize(pieces.crossing.size());
  layout.arena_bytes = begin;
  const auto take = [&](std::size_t bytes) {
    const std::size_t at = layout.arena_bytes;
    layout.arena_bytes += aligned(bytes);
    return at;
  };
  const auto chunks = static_cast<std::size_t>(chunking.chunks);
  const auto own = static_cast<std::size_t>(layout.own_chunks);
  for (std::size_t p = 0; p < pieces.list.size(); ++p) {
    ChunkJoint joint{.behind = static_cast<int>(p), .bytes = Peers::kHeader};
    for (std::uint32_t c = 0; c < pieces.crossing.size(); ++c) {
      if (pieces.made_by[c] != static_cast<int>(p)) continue;
      const CrossingValue& value = pieces.crossing[c];
      CrossingPlace& place = layout.crossing[c];
      const std::size_t bytes = bytes_of(value.type);
      if (!value.chunked) {
        place.parts = {take(bytes)};
        place.whole = place.parts[0];
      } else if (value.sum) {
        joint.items.push_back({c, joint.bytes, bytes});
        joint.bytes += aligned(bytes);
        place.parts.resize(own);
        for (std::size_t i = 1; i < own; ++i) place.parts[i] = take(bytes);
      } else {
        const std::size_t part = bytes / chunks;
        for (std::size_t i = 0; i < own; ++i) place.parts.push_back(take(part));
        if (!value.whole) continue;
        place.whole = take(bytes);
        joint.items.push_back({c, joint.bytes, part});
        joint.bytes += aligned(part * own);
      }
    }
    auto& slices = layout.slices.emplace_back(pieces.list[p].inputs.size());
    for (std::size_t i = 0; i < slices.size(); ++i)
      if (pieces.list[p].inputs[i].rows)
        slices[i] = take(bytes_of(pieces.list[p].program.inputs[i].type));
    if (joint.items.empty()) continue;
    joint.regions = take(static_cast<std::size_t>(ranks) * joint.bytes);
    for (const ChunkJoint::Item& item : joint.items) {
      if (!pieces.crossing[item.crossing].sum) continue;
      CrossingPlace& place = layout.crossing[item.crossing];
      place.parts[0] = joint.regions + static_cast<std::size_t>(rank) * joint.bytes + item.offset;
      place.whole = joint.regions + item.offset;
    }
    layout.joints.push_back(std::move(joint));
  }
  return layout;
}

}  // namespace ganflow
