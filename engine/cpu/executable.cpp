#include "engine/cpu/executable.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <sstream>

#include "engine/cpu/bind.h"
#include "engine/cpu/profile.h"
#include "engine/cpu/target.h"
#include "engine/kernels/constants.h"
#include "engine/kernels/report.h"
#include "engine/tensor/memory.h"

namespace ganflow {

using namespace kernels;

namespace {

using cpu::Call;

// Bindings with arrays of their own.
class CpuPrepared final : public Prepared {
 public:
  CpuPrepared(const Program& slots, const Bindings& given, const std::vector<Call>& calls,
              std::byte* constants, std::size_t scratch_at)
      : calls_(calls),
        variables_(given.variables, given.variables + slots.variables.size()),
        inputs_(given.inputs, given.inputs + slots.inputs.size()),
        outputs_(given.outputs, given.outputs + slots.outputs.size()),
        bindings_{given.arena, variables_.data(), inputs_.data(), outputs_.data(), given.clock},
        frame_{bindings_, constants, given.arena + scratch_at} {}

  void enqueue(Queue&) noexcept override {
    for (const Call& call : calls_) call.run(*call.spec, frame_);
  }
  const cpu::Frame& frame() const { return frame_; }

 private:
  const std::vector<Call>& calls_;
  std::vector<std::byte*> variables_;
  std::vector<const std::byte*> inputs_;
  std::vector<std::byte*> outputs_;
  Bindings bindings_;
  cpu::Frame frame_;
};

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(const Program& program, const CompileOptions& options, const PlanOptions& planning,
                const Target& target)
      : slots_(program.without_nodes()) {
    const Classified classified(program, target);
    const Fusion fusion = form_kernels(classified, options.fuse);
    const Plan plan = make_plan(classified, fusion, options.precision, planning);
    constants_ = constants_of(classified, plan, options.precision);
    Launches launches = make_launches(classified, fusion, plan, options.precision);
    calls_ = cpu::bind(program, launches, options.precision);
    scratch_at_ = aligned(launches.arena_bytes);
    report_ = kernels::report(classified, fusion, plan);
    report_.arena_bytes = scratch_at_ + aligned(launches.scratch_bytes);
  }

  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override {
    return std::make_unique<CpuPrepared>(slots_, bindings, calls_, constants_.data(), scratch_at_);
  }

  std::string profile(const Bindings& bindings, int runs) const {
    using Clock = std::chrono::steady_clock;
    const CpuPrepared prepared(slots_, bindings, calls_, constants_.data(), scratch_at_);
    const cpu::Frame& frame = prepared.frame();
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
  Program slots_;
  std::vector<Call> calls_;
  Memory constants_;
  std::size_t scratch_at_ = 0;
};

}  // namespace

std::string cpu::profile(const Executable& executable, const Bindings& bindings, int runs) {
  return dynamic_cast<const CpuExecutable&>(executable).profile(bindings, runs);
}

std::shared_ptr<const Executable> cpu::compile(const Program& program,
                                               const CompileOptions& options) {
  return cpu::compile_rewritten(rewrite_for(program, options.rewrite, cpu::target()), options,
                                {.coalesce = options.coalesce});
}

std::shared_ptr<const Executable> cpu::compile_rewritten(const Program& program,
                                                         const CompileOptions& options,
                                                         const PlanOptions& planning,
                                                         const Target& target) {
  return std::make_shared<CpuExecutable>(program, options, planning, target);
}

}  // namespace ganflow
