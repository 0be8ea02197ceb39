#include "engine/program/gradient.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

Value accumulate(Value sum, Value term) { return sum ? add(sum, term) : term; }

// Nodes in [0, last] that some of `from` reach. A cotangent is absent rather than zero outside.
std::vector<bool> reached(const Builder& builder, std::span<const Value> from, ValueId last) {
  std::vector<bool> active(last + 1, false);
  for (const Value& v : from)
    if (v.id() <= last) active[v.id()] = true;
  for (ValueId id = 0; id <= last; ++id)
    for (ValueId input : builder.node(id).inputs)
      if (active[input]) active[id] = true;
  return active;
}

void require_real(Value v, const char* what) {
  if (v.type().dtype != DType::real)
    fail(Fault::usage, "{} must be a real tensor, it is a mask or index {}", what, v.shape().str());
}

}  // namespace

std::vector<Value> gradient(Value y, std::span<const Value> wrt, Value seed) {
  Builder& builder = y.builder();
  require_real(y, "the differentiated value");
  if (!seed) seed = full_like(y, 1);
  require_real(seed, "the seed");
  if (!(seed.shape() == y.shape()))
    fail(Fault::usage, "gradient: the seed has shape {}, the value {}", seed.shape().str(),
         y.shape().str());

  const std::vector<bool> active = reached(builder, wrt, y.id());
  std::vector<Value> cotangents(y.id() + 1);
  cotangents[y.id()] = seed;
  for (ValueId id = y.id() + 1; id-- > 0;) {
    if (!active[id] || !cotangents[id]) continue;
    const std::uint32_t before = builder.set_origin(builder.node(id).origin);
    const NodeRef node(builder, id);
    for (int i = 0; i < node.inputs(); ++i) {
      const ValueId input = node.input(i).id();
      if (!active[input] || node.input(i).type().dtype != DType::real) continue;
      if (Value term = node.primitive().vjp(node, i, cotangents[id]))
        cotangents[input] = accumulate(cotangents[input], term);
    }
    builder.set_origin(before);
  }
  std::vector<Value> result;
  for (const Value& v : wrt) {
    const Value c = v.id() <= y.id() ? cotangents[v.id()] : Value();
    result.push_back(c ? c : full_like(v, 0));
    builder.took({y.id(), v.id(), result.back().id()});
  }
  return result;
}

Value gradient(Value y, Value wrt, Value seed) { return gradient(y, std::span(&wrt, 1), seed)[0]; }

Value jvp(Value y, std::span<const Value> from, std::span<const Value> tangents) {
  Builder& builder = y.builder();
  require_real(y, "the differentiated value");
  if (from.size() != tangents.size())
    fail(Fault::usage, "jvp: {} values move but {} tangents are given", from.size(),
         tangents.size());
  for (std::size_t i = 0; i < from.size(); ++i)
    if (!(from[i].type() == tangents[i].type()))
      fail(Fault::usage, "jvp: the tangent has shape {}, the value {}", tangents[i].shape().str(),
           from[i].shape().str());
  const std::vector<bool> active = reached(builder, from, y.id());
  std::vector<Value> moved(y.id() + 1);
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i].id() <= y.id()) moved[from[i].id()] = accumulate(moved[from[i].id()], tangents[i]);
  for (ValueId id = 0; id <= y.id(); ++id) {
    if (!active[id] || builder.type(id).dtype != DType::real) continue;
    const std::uint32_t before = builder.set_origin(builder.node(id).origin);
    const NodeRef node(builder, id);
    for (int i = 0; i < node.inputs(); ++i) {
      const Value tangent = moved[node.input(i).id()];
      if (!tangent || node.input(i).type().dtype != DType::real) continue;
      if (Value term = node.primitive().jvp(node, i, tangent))
        moved[id] = accumulate(moved[id], term);
    }
    builder.set_origin(before);
  }
  return moved[y.id()] ? moved[y.id()] : full_like(y, 0);
}

}  // namespace ganflow
