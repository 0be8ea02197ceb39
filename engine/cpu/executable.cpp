// compile() for the CPU: rewrites, kernels, plan, calls.
#include "engine/device/executable.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <sstream>

#include "engine/cpu/bind.h"
#include "engine/cpu/executable.h"
#include "engine/cpu/profile.h"
#include "engine/cpu/target.h"
#include "engine/kernels/report.h"
#include "engine/program/evaluate.h"
#include "engine/program/leaves.h"
#include "engine/tensor/elements.h"
#include "engine/tensor/memory.h"

namespace ganflow {

using namespace kernels;

namespace {

using cpu::Call;

// What no input and no variable reaches, by the interpreter.
Memory constants_of(const Classified& classified, const Plan& plan, Precision precision) {
  Program program = *classified.program;
  program.outputs.clear();
  program.results.clear();
  Tensors values;
  for (const ValueId id : plan.constants) {
    const std::string name = fmt::format("{}", id);
    if (classified.node(id).primitive == &full_primitive() && !classified.dense_constant[id]) {
      values[name] = {classified.node(id).attributes.reals[0]};
    } else {
      program.outputs.push_back({name, classified.node(id).type});
      program.results.push_back({id, static_cast<std::uint32_t>(program.outputs.size() - 1)});
    }
  }
  values.merge(evaluate(without_dead_code(program), {}, {.precision = precision}));
  Memory block(plan.constant_bytes);
  for (const ValueId id : plan.constants) {
    write_elements(block.data() + plan.places[id].offset, values.at(fmt::format("{}", id)),
                   classified.node(id).type.dtype, precision);
  }
  return block;
}

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(const Program& program, const CompileOptions& options,
                const PlanOptions& planning) {
    const Classified classified(program, cpu::target());
    const Fusion fusion = form_kernels(classified, options.fuse);
    const Plan plan = make_plan(classified, fusion, options.precision, planning);
    constants_ = constants_of(classified, plan, options.precision);
    Launches launches = make_launches(classified, fusion, plan, options.precision);
    calls_ = cpu::bind(program, launches, options.precision);
    scratch_at_ = aligned(launches.arena_bytes);
    report_ = kernels::report(classified, fusion, plan);
    report_.arena_bytes = scratch_at_ + aligned(launches.scratch_bytes);
  }

  void run(const Bindings& bindings) const noexcept override {
    const cpu::Frame frame{bindings, constants_.data(), bindings.arena + scratch_at_};
    for (const Call& call : calls_) call.run(*call.spec, frame);
  }

  std::string profile(const Bindings& bindings, int runs) const {
    using Clock = std::chrono::steady_clock;
    const cpu::Frame frame{bindings, constants_.data(), bindings.arena + scratch_at_};
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
  Memory constants_;
  std::size_t scratch_at_ = 0;
};

}  // namespace

std::string cpu::profile(const Executable& executable, const Bindings& bindings, int runs) {
  return dynamic_cast<const CpuExecutable&>(executable).profile(bindings, runs);
}

std::shared_ptr<const Executable> compile(const Program& program, const CompileOptions& options) {
  const Target target = cpu::target();
  RewriteOptions rewriting = options.rewrite;
  rewriting.images = target.images;
  rewriting.stacking.guard_critical_path &= target.guard_critical_path;
  return cpu::compile_rewritten(rewrite(program, rewriting), options,
                                {.coalesce = options.coalesce});
}

std::shared_ptr<const Executable> cpu::compile_rewritten(const Program& program,
                                                         const CompileOptions& options,
                                                         const PlanOptions& planning) {
  return std::make_shared<CpuExecutable>(program, options, planning);
}

}  // namespace ganflow
