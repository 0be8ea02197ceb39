// compile() for the CPU: rewrites, kernels, plan, calls.
#include "engine/program/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <sstream>

#include "engine/cpu/compile_rewritten.h"
#include "engine/cpu/listing.h"
#include "engine/cpu/lower.h"
#include "engine/cpu/profile.h"
#include "engine/program/core.h"
#include "engine/program/evaluate.h"

namespace ganflow {
namespace {

using cpu::Call;

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

struct Free {
  void operator()(std::byte* p) const { std::free(p); }
};
using Block = std::unique_ptr<std::byte[], Free>;

template <class T>
void write(std::byte* to, const std::vector<double>& values, DType type) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (type == DType::real) reinterpret_cast<T*>(to)[i] = static_cast<T>(values[i]);
    if (type == DType::mask) to[i] = static_cast<std::byte>(values[i] != 0);
    if (type == DType::index)
      reinterpret_cast<std::int32_t*>(to)[i] = static_cast<std::int32_t>(values[i]);
  }
}

// What no input and no variable reaches, by the interpreter.
Block constants_of(const Units& units, const Plan& plan, Precision precision) {
  Program program = *units.program;
  program.outputs.clear();
  program.results.clear();
  Tensors values;
  for (const ValueId id : plan.constants) {
    const std::string name = fmt::format("{}", id);
    if (units.node(id).primitive == &full_primitive() && !units.dense_constant[id]) {
      values[name] = {units.node(id).attributes.reals[0]};
    } else {
      program.outputs.push_back({name, units.node(id).type});
      program.results.push_back({id, static_cast<std::uint32_t>(program.outputs.size() - 1)});
    }
  }
  values.merge(evaluate(without_dead_code(program), {}, {.precision = precision}));
  Block block(static_cast<std::byte*>(std::aligned_alloc(64, aligned(plan.constant_bytes + 1))));
  for (const ValueId id : plan.constants) {
    std::byte* to = block.get() + plan.places[id].offset;
    const std::vector<double>& from = values.at(fmt::format("{}", id));
    if (precision == Precision::float64)
      write<double>(to, from, units.node(id).type.dtype);
    else
      write<float>(to, from, units.node(id).type.dtype);
  }
  return block;
}

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(const Program& program, const CompileOptions& options,
                const PlanOptions& planning) {
    const Units units(program);
    const Fusion fusion = form_kernels(units, options.fuse);
    const Plan plan = make_plan(units, fusion, options.precision, planning);
    constants_ = constants_of(units, plan, options.precision);
    std::size_t scratch = 0;
    calls_ = cpu::make_calls(units, fusion, plan, options.precision, scratch);
    scratch_at_ = aligned(plan.arena_bytes);
    report_ = cpu::report(units, fusion, plan, options.precision);
    report_.arena_bytes = scratch_at_ + aligned(scratch);
  }

  void run(const Bindings& bindings) const noexcept override {
    const cpu::Frame frame{bindings, constants_.get(), bindings.arena + scratch_at_};
    for (const Call& call : calls_) call.run(*call.spec, frame);
  }

  std::string profile(const Bindings& bindings, int runs) const {
    using Clock = std::chrono::steady_clock;
    const cpu::Frame frame{bindings, constants_.get(), bindings.arena + scratch_at_};
    std::vector<double> best(calls_.size(), std::numeric_limits<double>::infinity());
    for (int r = 0; r < runs; ++r)
      for (std::size_t i = 0; i < calls_.size(); ++i) {
        const auto start = Clock::now();
        calls_[i].run(*calls_[i].spec, frame);
        const std::chrono::duration<double, std::micro> took = Clock::now() - start;
        best[i] = std::min(best[i], took.count());
      }
    const double total = std::accumulate(best.begin(), best.end(), 0.0);
    std::string text;
    std::istringstream lines(report_.listing);  // one line a call, in order
    for (const double t : best) {
      std::string line;
      std::getline(lines, line);
      text += fmt::format("{:8.1f} us {:3.0f} %  {}\n", t, 100 * t / total, line);
    }
    return text;
  }

 private:
  std::vector<Call> calls_;
  Block constants_;
  std::size_t scratch_at_ = 0;
};

}  // namespace

std::string cpu::profile(const Executable& executable, const Bindings& bindings, int runs) {
  return dynamic_cast<const CpuExecutable&>(executable).profile(bindings, runs);
}

std::shared_ptr<const Executable> compile(const Program& program, const CompileOptions& options) {
  return cpu::compile_rewritten(rewrite(program, options.rewrite), options,
                                {.coalesce = options.coalesce});
}

std::shared_ptr<const Executable> cpu::compile_rewritten(const Program& program,
                                                         const CompileOptions& options,
                                                         const PlanOptions& planning) {
  return std::make_shared<CpuExecutable>(program, options, planning);
}

}  // namespace ganflow
