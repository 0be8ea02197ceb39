#include "engine/program/builder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "engine/error.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

std::uint64_t node_hash(const Primitive& primitive, std::span<const ValueId> inputs,
                        const Attributes& attributes) {
  std::uint64_t h = std::bit_cast<std::uintptr_t>(&primitive);
  const auto mix = [&h](std::uint64_t v) { h = (h ^ v) * 0x9E3779B97F4A7C15ull + (h >> 29); };
  for (ValueId input : inputs) mix(input);
  for (auto v : attributes.ints) mix(static_cast<std::uint64_t>(v));
  for (auto v : attributes.reals) mix(std::bit_cast<std::uint64_t>(v));
  return h;
}

}  // namespace

Builder::Builder(Mode mode, Program seed) : mode_(mode), program_(std::move(seed)) {}

std::uint32_t Builder::set_origin(std::uint32_t origin) { return std::exchange(origin_, origin); }

std::uint32_t Builder::origin(const std::string& name) {
  auto& names = program_.origins;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return names.push_back(name), static_cast<std::uint32_t>(names.size() - 1);
  return static_cast<std::uint32_t>(found - names.begin());
}

ValueId Builder::operator()(const Primitive& primitive, std::span<const ValueId> inputs,
                            const Attributes& given) {
  // Copies: both may lie in a node of this program, which moves when nodes are added.
  const Attributes attributes = given;
  std::vector<ValueId> operands(inputs.begin(), inputs.end());
  std::vector<TensorType> types;
  for (ValueId input : operands) types.push_back(type(input));
  TensorType result;
  try {
    result = primitive.type(types, attributes);
  } catch (const Error& error) {
    const std::string& where = program_.origins[origin_];
    if (where.empty()) throw;
    throw Error(error.fault(), where + ": " + error.what());
  }
  if (mode_ == Mode::trace) return append(primitive, operands, attributes, result);

  const Traits traits = primitive.traits(types, attributes);
  if (traits.commutative) {
    // By operation and attributes before id, so that equal sub-graphs keep equal operand positions
    // and stacking can line them up.
    std::stable_sort(operands.begin(), operands.end(), [this](ValueId a, ValueId b) {
      const auto key = [this](ValueId v) {
        return std::make_tuple(node(v).primitive->name(), node(v).attributes.ints,
                               node(v).attributes.reals, v);
      };
      return key(a) < key(b);
    });
  }
  if (traits.role == Role::elementwise && result.dtype == DType::real)
    if (const auto folded = fold(primitive, operands, attributes, result)) return *folded;
  if (const auto other = simpler(primitive, operands, attributes)) return *other;
  const std::uint64_t hash = node_hash(primitive, operands, attributes);
  const auto [first, last] = known_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const Node& known = node(it->second);
    if (known.primitive == &primitive && known.attributes == attributes && known.inputs == operands)
      return it->second;
  }
  const ValueId id = append(primitive, operands, attributes, result);
  known_.emplace(hash, id);
  return id;
}

std::optional<ValueId> Builder::simpler(const Primitive& primitive, std::span<const ValueId> inputs,
                                        const Attributes& attributes) {
  constexpr int kDepth = 500;  // rules nest a few levels deep; more is two rules in a circle
  if (depth_ == kDepth)
    throw std::logic_error("simplify: rules undo each other; the last that fired: " + last_rules());
  ++depth_;
  const auto entry = static_cast<std::ptrdiff_t>(fired_.size());
  fired_.push_back(primitive.name());
  auto result = primitive.simplify(*this, inputs, attributes);
  for (std::size_t i = 0; i < inputs.size() && !result; ++i)
    result = node(inputs[i]).primitive->simplify_user(*this, primitive, inputs, attributes,
                                                      static_cast<int>(i));
  if (!result) fired_.erase(fired_.begin() + entry);
  --depth_;
  return result;
}

// One element computed in double serves them all. Results that are not finite are left to run time.
std::optional<ValueId> Builder::fold(const Primitive& primitive, std::span<const ValueId> inputs,
                                     const Attributes& attributes, const TensorType& type) {
  std::vector<double> values;
  for (ValueId input : inputs) {
    const auto value = constant_of(*this, input);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  const std::optional<ScalarFormula> formula = primitive.formula();
  if (values.empty() || !formula) return std::nullopt;
  std::vector<const double*> operands;
  for (const double& value : values) operands.push_back(&value);
  double y = 0;
  formula->loop.f64(&y, operands.data(), attributes, 1);
  if (!std::isfinite(y)) return std::nullopt;
  return full(*this, type.shape, y).id();
}

std::string Builder::last_rules() const {
  const auto last = fired_.end() - std::min<std::ptrdiff_t>(fired_.size(), 8);
  return fmt::format("{}", fmt::join(last, fired_.end(), ", "));
}

ValueId Builder::append(const Primitive& primitive, std::span<const ValueId> inputs,
                        const Attributes& attributes, TensorType type) {
  program_.nodes.push_back({&primitive, attributes, type, {inputs.begin(), inputs.end()}, origin_});
  return static_cast<ValueId>(program_.nodes.size() - 1);
}

}  // namespace ganflow
