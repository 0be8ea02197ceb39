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
#include "engine/device/team.h"
#include "engine/kernels/constants.h"
#include "engine/kernels/report.h"
#include "engine/tensor/memory.h"

namespace ganflow {

using namespace kernels;

namespace {

using cpu::Call;

// Sharing a phase costs about so much. What is not worth it one thread does.
constexpr double kToShare = 2000, kLeastShared = 2 * kToShare;  // nanoseconds

// A phase of a call.
struct CallStep {
  const Call* call;
  int phase;
  Extent units;
  bool shared;
};

// Bindings with arrays of their own.
class CpuPrepared final : public Prepared, public Team::Job {
 public:
  CpuPrepared(const Program& slots, const Bindings& given, const std::vector<CallStep>& steps,
              std::byte* constants, std::size_t scratch_at, std::size_t helper_bytes)
      : steps_(steps),
        variables_(given.variables, given.variables + slots.variables.size()),
        inputs_(given.inputs, given.inputs + slots.inputs.size()),
        outputs_(given.outputs, given.outputs + slots.outputs.size()),
        bindings_{given.arena, variables_.data(), inputs_.data(), outputs_.data(), given.clock},
        constants_(constants),
        scratch_(given.arena + scratch_at),
        helper_bytes_(helper_bytes) {}

  void enqueue(Queue& queue) noexcept override {
    if (Team* team = queue.team()) return team->lead(*this);
    for (std::size_t i = 0; i < steps_.size(); ++i) run(i, 0, steps_[i].units, nullptr);
  }

  std::size_t steps() const override { return steps_.size(); }
  Extent units(std::size_t step) const override { return steps_[step].units; }
  bool shared(std::size_t step) const override { return steps_[step].shared; }
  std::size_t helper_bytes() const override { return helper_bytes_; }
  void run(std::size_t step, Extent begin, Extent end, std::byte* memory) const noexcept override {
    const auto& [call, phase, units, shared] = steps_[step];
    std::byte* own = memory ? memory : scratch_ + call->shared_bytes;
    call->run(*call->spec, {bindings_, constants_, scratch_, own}, phase, {begin, end});
  }

 private:
  const std::vector<CallStep>& steps_;
  std::vector<std::byte*> variables_;
  std::vector<const std::byte*> inputs_;
  std::vector<std::byte*> outputs_;
  Bindings bindings_;
  std::byte *constants_, *scratch_;
  std::size_t helper_bytes_;
};

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(const Program& program, const CompileOptions& options, const PlanOptions& planning,
                const Target& target, int line_bytes)
      : slots_(program.without_nodes()) {
    const Classified classified(program, target);
    const Fusion fusion = form_kernels(classified, options.fuse);
    const Plan plan = make_plan(classified, fusion, options.precision, planning);
    constants_ = constants_of(classified, plan, options.precision);
    Launches launches = make_launches(classified, fusion, plan, options.precision);
    calls_ = cpu::bind(program, launches, options.precision, line_bytes);
    scratch_at_ = aligned(launches.arena_bytes);
    report_ = kernels::report(classified, fusion, plan);
    report_.arena_bytes = scratch_at_ + aligned(launches.scratch_bytes);
    for (const Call& call : calls_)
      for (std::size_t p = 0; p < call.phases.size(); ++p) {
        const auto [units, nanoseconds] = call.phases[p];
        nanoseconds_ += nanoseconds;
        steps_.push_back(
            {&call, static_cast<int>(p), units, units > 1 && nanoseconds >= kLeastShared});
        if (units > 1) helper_bytes_ = std::max(helper_bytes_, call.own_bytes);
      }
  }

  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override {
    return std::make_unique<CpuPrepared>(slots_, bindings, steps_, constants_.data(), scratch_at_,
                                         helper_bytes_);
  }
  std::size_t helper_bytes() const override { return helper_bytes_; }
  double nanoseconds() const override { return nanoseconds_; }

  cpu::Sharing sharing() const {
    cpu::Sharing result;
    for (const CallStep& step : steps_) {
      const double cost = step.call->phases[static_cast<std::size_t>(step.phase)].nanoseconds;
      ++result.phases;
      result.shared += step.shared;
      result.nanoseconds += cost;
      result.each.push_back({step.shared ? step.units : 1, cost});
    }
    return result;
  }

  cpu::Walks walks() const {
    cpu::Walks all;
    for (const Call& call : calls_) {
      all.lines += call.lines;
      all.interpreted += call.interpreted;
    }
    return all;
  }

  std::string profile(const Bindings& bindings, int runs) const {
    using Clock = std::chrono::steady_clock;
    const CpuPrepared prepared(slots_, bindings, steps_, constants_.data(), scratch_at_,
                               helper_bytes_);
    std::vector<double> best(calls_.size(), std::numeric_limits<double>::infinity());
    for (int r = 0; r < runs; ++r)
      for (std::size_t i = 0, step = 0; i < calls_.size(); ++i) {
        const auto start = Clock::now();
        for (const cpu::Phase& phase : calls_[i].phases)
          prepared.run(step++, 0, phase.units, nullptr);
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
  std::vector<CallStep> steps_;
  Memory constants_;
  std::size_t scratch_at_ = 0, helper_bytes_ = 0;
  double nanoseconds_ = 0;
};

}  // namespace

std::string cpu::profile(const Executable& executable, const Bindings& bindings, int runs) {
  return dynamic_cast<const CpuExecutable&>(executable).profile(bindings, runs);
}

cpu::Sharing cpu::sharing(const Executable& executable) {
  return dynamic_cast<const CpuExecutable&>(executable).sharing();
}

cpu::Walks cpu::walks(const Executable& executable) {
  return dynamic_cast<const CpuExecutable&>(executable).walks();
}

double cpu::Sharing::by(int threads) const {
  double time = 0;
  for (const auto& [units, cost] : each) {
    if (units == 1 || threads == 1) {
      time += cost;
      continue;
    }
    const auto shares = static_cast<Extent>(threads);
    const Extent most = (units + shares - 1) / shares;
    time += kToShare + cost * static_cast<double>(most) / static_cast<double>(units);
  }
  return time;
}

std::shared_ptr<const Executable> cpu::compile(const Program& program,
                                               const CompileOptions& options) {
  return cpu::compile_rewritten(rewrite_for(program, options.rewrite, cpu::target()), options,
                                {.coalesce = options.coalesce});
}

std::shared_ptr<const Executable> cpu::compile_rewritten(const Program& program,
                                                         const CompileOptions& options,
                                                         const PlanOptions& planning,
                                                         const Target& target, int line_bytes) {
  return std::make_shared<CpuExecutable>(program, options, planning, target, line_bytes);
}

}  // namespace ganflow
