#include "engine/cuda/elements_text.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>

#include "engine/error.h"

namespace ganflow::cuda {
namespace {

// Elements of the domain lie behind one another in the stream.
bool is_dense(const Tape& tape, const Stream& s) {
  if (s.inner != 1 && tape.inner != 1) return false;
  Extent step = tape.inner;
  for (std::size_t axis = s.outer.size(); axis-- > 0; step *= tape.outer[axis])
    if (s.outer[axis] != step && tape.outer[axis] != 1) return false;
  return tape.inner != 1 || !s.outer.empty() || s.inner == 1;
}

std::string index_of(const Tape& tape, const Stream& s) {
  std::string text;
  const auto plus = [&](const std::string& term) { text += (text.empty() ? "" : " + ") + term; };
  if (is_dense(tape, s)) {
    plus("e");
  } else {
    std::string rest = "row";
    for (std::size_t axis = s.outer.size(); axis-- > 0;) {
      const std::string here = axis ? fmt::format("{} % {}", rest, tape.outer[axis]) : rest;
      if (s.outer[axis] && tape.outer[axis] > 1)
        plus(s.outer[axis] == 1 ? here : fmt::format("{} * {}", here, s.outer[axis]));
      rest = fmt::format("({} / {})", rest, tape.outer[axis]);
    }
    if (s.inner && tape.inner > 1)
      plus(s.inner == 1 ? "column" : fmt::format("column * {}", s.inner));
  }
  if (s.offset || text.empty()) plus(fmt::format("Index({})", s.offset));
  return text;
}

std::string load(Body& b, const Stream& s, const std::string& at) {
  const std::string element =
      fmt::format("p.to<const {}>({})[{}]", c_type(s.type), b.pointer(s.place), at);
  return s.type == DType::real ? element : fmt::format("float({})", element);
}

std::string store(Body& b, const Stream& s, const std::string& at, const std::string& value) {
  const std::string v = s.type == DType::real   ? value
                        : s.type == DType::mask ? fmt::format("{} != 0.0f", value)
                                                : fmt::format("int({})", value);
  return fmt::format("p.to<{}>({})[{}] = {};", c_type(s.type), b.pointer(s.place), at, v);
}

template <class Register>
std::string compute(Body& b, const Tape& tape, const Op& op, Register reg) {
  const AppliedFormula& applied = tape.formulas[static_cast<std::size_t>(op.formula)];
  const auto formula = applied.primitive->formula();
  if (!formula || formula->header.empty())
    fail(Fault::usage,
         "{} has no text for a GPU: give its formula a header, or train with --device cpu",
         applied.primitive->name());
  b.headers.emplace(formula->header);
  std::string sources;
  for (const int s : op.sources) sources += (sources.empty() ? "" : ", ") + reg(s);
  return fmt::format("{{ const float x[] = {{{}}}; {} = ganflow::{}::f<float>(x, Numbers{}); }}",
                     sources, reg(op.target), formula->name, numbers(applied.attributes));
}

std::string in_register(int i) { return fmt::format("r{}", i); }
std::string in_kept(int i) { return fmt::format("kept(t, {})", i); }

void add_element_op(Body& b, const Tape& tape, const Op& op, const SavedIn& saved) {
  b.text += "        ";
  const auto stream = [&]() -> const Stream& {
    return tape.streams[static_cast<std::size_t>(op.index)];
  };
  switch (op.what) {
    case Do::load:
      b.add("r{} = {};", op.target, load(b, stream(), index_of(tape, stream())));
      break;
    case Do::root:
      b.add("r{} = root;", op.target);
      break;
    case Do::spread:
      b.add("r{} = kept(t, {});", op.target, op.index);
      break;
    case Do::restore:
      b.add("r{} = {};", op.target, fmt::format(fmt::runtime(saved.at), op.index));
      break;
    case Do::save:
      b.add("{} = r{};", fmt::format(fmt::runtime(saved.at), op.index), op.sources[0]);
      break;
    case Do::compute:
      b.text += compute(b, tape, op, in_register);
      break;
    case Do::add_up:
      b.add("part(t, {}) += r{};", op.index, op.sources[0]);
      break;
    case Do::store:
      b.text += store(b, stream(), index_of(tape, stream()), in_register(op.sources[0]));
      break;
  }
  b.text += '\n';
}

}  // namespace

void add_index_type(Body& b, const Tape& tape) {
  Extent largest = (tape.outer_count * tape.inner + 1024) * std::max(1, tape.saved + 1);
  for (const auto* streams : {&tape.streams, &tape.kept_streams})
    for (const Stream& s : *streams) {
      Extent end = std::abs(s.offset) + std::abs(s.inner) * std::max(tape.inner, tape.kept);
      for (std::size_t axis = 0; axis < s.outer.size(); ++axis)
        end += std::abs(s.outer[axis]) * tape.outer[axis];
      largest = std::max(largest, end);
    }
  b.add("  using Index = {};\n",
        largest > std::numeric_limits<std::int32_t>::max() ? "long long" : "int");
}

// Those of a stage; registers are shared between stages.
void add_registers(Body& b, const Tape& tape, const Stage& stage) {
  std::set<int> read, written;
  for (const Segment& segment : stage.segments)
    for (const Op& op : segment.ops) {
      read.insert(op.sources.begin(), op.sources.end());
      if (op.target >= 0) written.insert(op.target);
    }
  std::string names;
  for (const int i : written) names += fmt::format("{}r{} = 0", names.empty() ? "" : ", ", i);
  if (!written.empty()) b.add("    float {};\n", names);
  for (const Op& op : tape.constants) {
    if (read.count(op.target) == 0) continue;
    const Stream& s = tape.streams[static_cast<std::size_t>(op.index)];
    b.add("    const float r{} = {};\n", op.target, load(b, s, fmt::format("{}", s.offset)));
  }
}

void add_segments(Body& b, const Tape& tape, const Stage& stage, const SavedIn& saved) {
  b.add("      const Index row = e / {0}, column = e % {0};\n      (void)row, (void)column;\n",
        tape.inner);
  for (const Segment& segment : stage.segments) {
    const bool all = segment.first == 0 && segment.end == tape.outer_count;
    b.add("      {}{{\n",
          all ? "" : fmt::format("if (row >= {} && row < {}) ", segment.first, segment.end));
    for (const Op& op : segment.ops) add_element_op(b, tape, op, saved);
    b.add("      }}\n");
  }
}

void add_kept_op(Body& b, const Tape& tape, const Op& op) {
  const auto stream = [&]() -> const Stream& {
    return tape.kept_streams[static_cast<std::size_t>(op.index)];
  };
  const auto at = [&] { return fmt::format("{} + c * {}", stream().offset, stream().inner); };
  b.text += "    ";
  if (op.what == Do::load)
    b.add("kept(t, {}) = {};", op.target, load(b, stream(), at()));
  else if (op.what == Do::store)
    b.add("if (first) {}", store(b, stream(), at(), in_kept(op.sources[0])));
  else
    b.text += compute(b, tape, op, in_kept);
  b.text += '\n';
}

}  // namespace ganflow::cuda
