// Builds programs. Two ways of working: tracing (every call appends a node, so that a formula's
// intermediate values stay addressable for gradient()) and simplifying (local rules, then
// hash-consing: equal operations on equal operands are one node). Rules that undo each other throw
// std::logic_error naming the last ones that fired.
#pragma once

#include <span>
#include <unordered_map>

#include "engine/program/program.h"

namespace ganflow {

class Builder {
 public:
  enum class Mode { trace, simplify };

  explicit Builder(Mode mode = Mode::trace, Program seed = {});

  // Appends (or finds) a node. Checks types; a failed check names the current origin.
  ValueId operator()(const Primitive& primitive, std::span<const ValueId> inputs,
                     const Attributes& attributes = {});
  ValueId operator()(const Primitive& primitive, std::initializer_list<ValueId> inputs,
                     const Attributes& attributes = {}) {
    return (*this)(primitive, std::span<const ValueId>(inputs.begin(), inputs.size()), attributes);
  }

  // Who the following nodes belong to. Returns the previous origin.
  std::uint32_t set_origin(std::uint32_t origin);
  std::uint32_t origin(const std::string& name);                           // finds or adds the name
  const std::string& origin() const { return program_.origins[origin_]; }  // current, may be empty

  const Node& node(ValueId id) const { return program_.nodes[id]; }
  const TensorType& type(ValueId id) const { return program_.nodes[id].type; }
  Program& program() { return program_; }
  const Program& program() const { return program_; }
  Mode mode() const { return mode_; }
  // A derivative that was taken: `value` is d of / d by, one of the results of gradient().
  struct Slope {
    ValueId of, by, value;
  };
  void took(const Slope& slope) { slopes_.push_back(slope); }
  const std::vector<Slope>& slopes() const { return slopes_; }

  // Names of the last primitives whose simplify() found something, for that message.
  std::string last_rules() const;

 private:
  std::optional<ValueId> simpler(const Primitive& primitive, std::span<const ValueId> inputs,
                                 const Attributes& attributes);
  std::optional<ValueId> fold(const Primitive& primitive, std::span<const ValueId> inputs,
                              const Attributes& attributes, const TensorType& type);
  ValueId append(const Primitive& primitive, std::span<const ValueId> inputs,
                 const Attributes& attributes, TensorType type);

  Mode mode_;
  Program program_;
  std::uint32_t origin_ = 0;
  std::vector<Slope> slopes_;
  std::unordered_multimap<std::uint64_t, ValueId> known_;  // hash-consing, simplify mode only
  std::vector<std::string_view> fired_;
  int depth_ = 0;  // of rules building nodes inside rules
};

}  // namespace ganflow
