// Segments as lines of machine code against the same segments interpreted: equal bits.
#include "engine/cpu/line.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/cpu/code.h"
#include "engine/cpu/executable.h"
#include "engine/cpu/isa.h"
#include "engine/cpu/line_code.h"
#include "engine/cpu/loops.h"
#include "engine/cpu/profile.h"
#include "engine/cpu/table.h"
#include "engine/cpu/target.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/formulas/float_math.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/garden.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::shared_ptr<const Executable> compiled(const Program& program, int line_bytes,
                                           bool fuse = true) {
  CompileOptions options;
  options.fuse = fuse;
  return cpu::compile_rewritten(program, options, {}, cpu::target(), line_bytes);
}

// How many numbers differ in their bits; two NaN do not.
std::size_t differing(const Tensors& a, const Tensors& b) {
  std::size_t count = a.size() != b.size();
  for (const auto& [name, x] : a) {
    const auto& y = b.at(name);
    for (std::size_t i = 0; i < x.size(); ++i)
      count += std::bit_cast<std::uint64_t>(x[i]) != std::bit_cast<std::uint64_t>(y[i]) &&
               !(std::isnan(x[i]) && std::isnan(y[i]));
  }
  return count;
}

// The machine's, in bytes. None: nothing runs as a line here.
std::vector<int> line_vectors() {
  std::vector<int> bytes;
  for (const int b : {32, 64})
    if (b <= cpu::widest_vectors() && cpu::may_make_code()) bytes.push_back(b);
  return bytes;
}

// Equal bits, by one thread and by three.
void check_lines(const Program& program, const Tensors& in) {
  for (const bool fuse : {true, false}) {
    const auto other = compiled(program, 0, fuse);
    CHECK(cpu::walks(*other).lines == 0);
    const Tensors wanted = run_executable(*other, program, in, {{}, 3, 5, 1});
    for (const int bytes : line_vectors())
      for (const int threads : {1, 3}) {
        const auto lines = compiled(program, bytes, fuse);
        CHECK(differing(run_executable(*lines, program, in, {{}, 3, 5, 1, threads}), wanted) == 0);
      }
  }
}

struct Ripple {
  static constexpr int kOperands = 2;
  template <class T, class A>
  static T f(const T* x, const A& a) {
    return pick(x[0] > x[1], exp_of(x[0]) * static_cast<T>(a.reals[0]) - x[1], x[0] * x[0] + x[1]);
  }
};

using Formula = Value (*)(const std::vector<Value>&);
struct Word {
  const char* name;
  int operands;
  Formula make;
};
const std::vector<Word> kVocabulary{
    {"add", 2, [](const std::vector<Value>& x) { return x[0] + x[1]; }},
    {"sub", 2, [](const std::vector<Value>& x) { return x[0] - x[1]; }},
    {"mul", 2, [](const std::vector<Value>& x) { return x[0] * x[1]; }},
    {"div", 2, [](const std::vector<Value>& x) { return x[0] / x[1]; }},
    {"max", 2, [](const std::vector<Value>& x) { return max(x[0], x[1]); }},
    {"greater", 2,
     [](const std::vector<Value>& x) { return select(greater(x[0], x[1]), x[0], 2.0); }},
    {"greater_equal", 2,
     [](const std::vector<Value>& x) { return select(greater_equal(x[0], x[1]), x[1], x[0]); }},
    {"equal", 2, [](const std::vector<Value>& x) { return select(equal(x[0], x[1]), 0.0, x[0]); }},
    {"relu", 1, [](const std::vector<Value>& x) { return select(greater(x[0], 0.0), x[0], 0.0); }},
    {"affine", 1, [](const std::vector<Value>& x) { return 0.3 * x[0] + 1.7; }},
    {"scaled", 1, [](const std::vector<Value>& x) { return -2.5 * x[0]; }},
    {"shifted", 1, [](const std::vector<Value>& x) { return x[0] - 3.1; }},
    {"exp", 1, [](const std::vector<Value>& x) { return exp(x[0]); }},
    {"log", 1, [](const std::vector<Value>& x) { return log(x[0]); }},
    {"sqrt", 1, [](const std::vector<Value>& x) { return sqrt(x[0]); }},
    {"recip", 1, [](const std::vector<Value>& x) { return recip(x[0]); }},
    {"tanh", 1, [](const std::vector<Value>& x) { return tanh(x[0]); }},
    {"sigmoid", 1, [](const std::vector<Value>& x) { return sigmoid(x[0]); }},
    {"softplus", 1, [](const std::vector<Value>& x) { return softplus(x[0]); }},
    {"abs", 1, [](const std::vector<Value>& x) { return abs(x[0]); }},
    {"sign", 1, [](const std::vector<Value>& x) { return sign(x[0]); }},
    {"floor", 1, [](const std::vector<Value>& x) { return floor(x[0]); }},
};

// Every `step`-th float there is, and what is special.
std::vector<double> floats(std::uint64_t first, std::uint64_t end, std::uint64_t step) {
  std::vector<double> all;
  for (std::uint64_t bits = first; bits < end; bits += step)
    all.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  for (const float x : {0.0f, 1.0f, 0x1p-149f, 0x1p-127f, 0x1p-126f, 0.5f, 88.7f, 89.0f, 104.0f,
                        3.4e38f, 0.625f, 8388608.0f, kInfinity, std::nanf("")})
    for (const float signed_x : {x, -x}) all.push_back(signed_x);
  return all;
}

void check_word(const Word& word, const std::vector<double>& x) {
  CAPTURE(word.name);
  Builder b;
  std::vector<Value> operands;
  Tensors in;
  const auto n = static_cast<Extent>(x.size());
  for (int i = 0; i < word.operands; ++i) {
    const std::string name = "x" + std::to_string(i);
    operands.push_back(input(b, name, {{n}}));
    in[name] = x;
    // Everything special meets everything special.
    if (i)
      for (std::size_t j = 0; j < x.size(); ++j) in[name][j] = x[(j * 29 + j / 29) % x.size()];
  }
  output(b, "y", word.make(operands));
  const Tensors wanted = run_executable(*compiled(b.program(), 0), b.program(), in);
  for (const int bytes : line_vectors()) {
    const auto lines = compiled(b.program(), bytes);
    CHECK(cpu::walks(*lines).interpreted == 0);
    CHECK(differing(run_executable(*lines, b.program(), in), wanted) == 0);
  }
}

// Sums, values broadcast back, masks and indices, moved and cut operands, products with epilogues,
// of rows of any length.
Program random_tapes(std::uint64_t seed) {
  Draw draw(seed);
  Builder b;
  const std::vector<Extent> lengths{1, 3, 7, 8, 16, 17, 40, 64, 129, 530, 1100};
  const Extent m = draw.one_of(std::vector<Extent>{1, 2, 5, 33, 70}), n = draw.one_of(lengths);
  const Shape shape{m, n};
  std::vector<Value> real{input(b, "x0", {shape}),
                          input(b, "x1", {shape}),
                          broadcast_to(input(b, "row", {{n}}), shape),
                          broadcast_to(input(b, "number", {}), shape),
                          broadcast(input(b, "column", {{m}}), {1}, {n}),
                          transpose(input(b, "moved", {{n, m}})),
                          slice(input(b, "long", {{m, n + 5}}), 1, 2, n + 2),
                          matmul(input(b, "left", {{m, 9}}), input(b, "right", {{9, n}}))};
  const Value state = variable(b, "state", {shape});
  real.push_back(state);
  std::vector<Value> masks{input(b, "mask", {shape, DType::mask})};
  for (int i = 0; i < 30; ++i) {
    const Value x = draw.one_of(real), y = draw.one_of(real);
    switch (draw.below(9)) {
      case 0:
        real.push_back(broadcast_rows(row_sums(x), x));
        break;
      case 1:
        real.push_back(broadcast_to(mean(x, {0}), shape));
        break;
      case 2:
        real.push_back(x * mean(y));
        break;
      case 3:
        masks.push_back(greater(x, y));
        break;
      case 4:
        real.push_back(select(draw.one_of(masks), x, y));
        break;
      default: {
        const Word& word = draw.one_of(kVocabulary);
        real.push_back(tanh(word.make({x, y})));
      }
    }
  }
  for (int i = 0; i < 3; ++i) output(b, "y" + std::to_string(i), real[real.size() - 1 - i]);
  output(b, "mask_out", masks.back());
  output(b, "turned", transpose(real.back()));
  output(b, "sums", sum(draw.one_of(real), {draw.below(2)}));
  assign(b, state, draw.one_of(real) * 0.5 + state);
  return b.program();
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

TEST_CASE("each recorded operation as a line: the bits of its loop") {
  if (line_vectors().empty()) return;
  for (const Word& word : kVocabulary) check_word(word, floats(0, 1ull << 32, 1000003));
}

TEST_CASE("random tapes as lines: the bits of the interpreter, for one thread and for three") {
  int lines = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    CAPTURE(seed);
    const Program program = random_tapes(seed);
    lines += cpu::walks(*cpu::compile(program, {})).lines;
    check_lines(program, random_inputs(program, seed));
    check_lines(rewrite(program), random_inputs(program, seed));
  }
  if (!line_vectors().empty()) CHECK(lines > 300);
}

TEST_CASE("random programs of every primitive as lines") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Builder b;
    Garden garden(b, seed);
    for (int i = 0; i < 50; ++i) garden.grow();
    garden.finish();
    check_lines(rewrite(b.program()), Garden::bindings());
  }
}

TEST_CASE("more values than there are registers, and more tensors than there are pointers") {
  Builder b;
  std::vector<Value> x, t;
  for (int i = 0; i < 18; ++i) x.push_back(input(b, "x" + std::to_string(i), {{37, 29}}));
  for (const Value& v : x) t.push_back(sigmoid(v) * v);
  Value y = t[0];
  for (int turn = 0; turn < 3; ++turn)
    for (std::size_t i = 0; i < t.size(); ++i) y = y * t[(i * 5 + turn) % t.size()] + t[i] / y;
  output(b, "y", y);
  check_lines(b.program(), random_inputs(b.program(), 4));
}

TEST_CASE("what is no line is interpreted: more tensors than a line has, a library's function") {
  Builder b;
  Value y = full(b, {5, 40}, 0);
  for (int i = 0; i < cpu::kMostAccesses; ++i)
    y = y + tanh(input(b, "x" + std::to_string(i), {{5, 40}}));
  output(b, "y", y);
  CHECK(cpu::walks(*cpu::compile(b.program(), {})).lines == 0);
  check_lines(b.program(), random_inputs(b.program(), 4));
  Builder other;
  output(other, "y", sin(input(other, "x", {{5, 40}})) + 1.0);
  CHECK(cpu::walks(*cpu::compile(other.program(), {})).lines == 0);
}

// Was: a line rounded once where the loop, compiled as this file is (-O1), rounds twice.
TEST_CASE("a user's formula becomes part of a line where it can be recorded") {
  static const Elementwise<Ripple> ripple("ripple");
  cpu::register_kernels(ripple,
                        {.loop = cpu::formula_loop<Ripple>(), .recorded = cpu::recorded<Ripple>()});
  Builder b;
  const Value x = input(b, "x", {{9, 45}}), y = input(b, "y", {{9, 45}});
  output(b, "z", 2.0 * ganflow::apply(ripple, {x - y, y}, {.reals = {0.7, 0}}) + x);
  CHECK(cpu::walks(*cpu::compile(b.program(), {})).interpreted == (line_vectors().empty() ? 1 : 0));
  check_lines(b.program(), random_inputs(b.program(), 8));
}

TEST_CASE("nothing of a training step is interpreted") {
  if (line_vectors().empty()) return;
  const ImageWidths small{.size = 16, .channels = {16, 24}, .noise = 16, .kernel = 5, .batch = 12};
  for (const Program& program :
       {critic_step(thesis()), generator_step(thesis()), critic_step(mnist()),
        critic_step(mnist().with(Loss::minimax)), critic_step(toy()), generator_step(toy()),
        critic_step(dcgan(small)), generator_step(dcgan(small)),
        critic_step(dcgan_layer_norm(small)), critic_step(resnet_critic(small))}) {
    const cpu::Walks walks = cpu::walks(*cpu::compile(program, {}));
    CHECK(walks.interpreted == 0);
    CHECK(walks.lines > 10);
  }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("exhaustive");

// Blocks of floats that follow one another, one in eight: sixteen of every power of two. kApart 1:
// every float, some minutes.
TEST_CASE("each recorded operation of one number as a line, for floats of every size") {
  constexpr std::uint64_t kApart = 8;
  constexpr std::size_t kAtOnce = 1 << 16;
  std::vector<float> x(kAtOnce), y(kAtOnce), wanted(kAtOnce);
  for (const Primitive* primitive :
       {&exp_primitive(), &log_primitive(), &sqrt_primitive(), &recip_primitive(),
        &tanh_primitive(), &sigmoid_primitive(), &softplus_primitive(), &abs_primitive(),
        &sign_primitive(), &floor_primitive()})
    for (const int bytes : line_vectors()) {
      CAPTURE(primitive->name());
      const cpu::PrimitiveKernels kernels = cpu::kernels_of(*primitive);
      cpu::LinePlan plan;
      plan.accesses = {{}, {.written = true}};
      const int operand = plan.graph.add({cpu::LaneOp::input, 0});
      plan.effects = {{.access = 1, .node = record(plan.graph, kernels.recorded, {operand}, {})}};
      const auto code = cpu::LineCode::make(plan, bytes);
      std::size_t different = 0;
      for (std::uint64_t first = 0; first < 1ull << 32; first += kApart * kAtOnce) {
        for (std::size_t i = 0; i < kAtOnce; ++i)
          x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i));
        cpu::LineRun run{1, static_cast<Extent>(kAtOnce)};
        run.at[0] = reinterpret_cast<std::byte*>(x.data());
        run.at[1] = reinterpret_cast<std::byte*>(y.data());
        code->run(run);
        const float* operands[] = {x.data()};
        kernels.loop.f32(wanted.data(), operands, {}, kAtOnce);
        for (std::size_t i = 0; i < kAtOnce; ++i)
          different +=
              std::bit_cast<std::uint32_t>(y[i]) != std::bit_cast<std::uint32_t>(wanted[i]) &&
              !(std::isnan(y[i]) && std::isnan(wanted[i]));
      }
      CHECK(different == 0);
    }
}

TEST_SUITE_END();
