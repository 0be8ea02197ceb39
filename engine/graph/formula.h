// What a formula sees while it is traced: its batch, its named scalars and Variables, its random
// streams, its taps. A formula operator is a struct of options with
//   Value operator()(Formula& f, Value... inputs) const
#pragma once

#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "engine/graph/range.h"
#include "engine/graph/schedule.h"
#include "engine/graph/type_name.h"
#include "engine/program/gradient.h"
#include "engine/program/value.h"

namespace ganflow {

// Fills a new Variable: a pure function of (seed, stream), stream = stream_id(name).
using Initializer =
    std::function<void(std::uint64_t seed, std::uint32_t stream, std::span<double> out)>;

enum class Keep : std::uint8_t {
  parameter,  // what minimize() differentiates by
  state,      // moments, statistics, buffers: checkpointed, never a target of minimize()
};

struct VariableInfo {
  std::string name;  // "D/0/w", "critic_step/D/0/w/square_avg"
  Shape shape;
  Keep keep = Keep::parameter;
  Initializer initializer;
};

// What a column says of itself beside its name, in the file of tables.
struct TapText {
  std::string unit = "1";        // "nat", "pixel"; "1": a plain number
  std::string description = {};  // one line; empty: the name of the column
};

class Formula {
 public:
  virtual ~Formula() = default;
  virtual Builder& builder() = 0;
  virtual const std::string& node() const = 0;  // name of the operator being traced
  virtual Extent batch() const = 0;             // rows N of this tracing
  virtual bool training() const = 0;            // false in evaluation and sampling programs

  // An option fed by its schedule at every step; shape (). Never folded into the program. None of
  // its values leaves the range; `help` is its line in listings. Throws Error(usage): "lr is -1, it
  // must be at least 0", a function of the user's when it is read.
  virtual Value scalar(const std::string& option, const Scalar& value,
                       const Range& range = any_number(), const std::string& help = {}) = 0;

  // Reads a Variable, declaring it at first sight. Equal names are the same Variable: shape and
  // keep must agree. Names are relative to the scope ("D/" inside network D).
  virtual Value variable(const std::string& name, Shape shape, Keep keep,
                         const Initializer& initializer) = 0;
  // The Variables declared so far whose full names begin with `prefix` ("G/"), in that order.
  virtual std::vector<VariableInfo> variables(const std::string& prefix) const = 0;
  // Takes effect when the step ends. A second assign of the same Variable in one step is kept only
  // if it is the same network forwarded again (the first one counts). State of a network (batch
  // statistics, spectral vectors) moves only in phases that minimize by that network.
  virtual void assign(Value variable, Value value) = 0;

  // Stream id of a random draw named `draw` of this node.
  virtual std::uint32_t stream(const std::string& draw) = 0;

  // Publishes a value as a metric column "<node>.<name>": a scalar as it is; a vector (N) as its
  // 5 %, 50 % and 95 % quantiles over N.
  virtual void tap(const std::string& name, Value value, const TapText& text = {}) = 0;

  // A slope by single samples, gradient(sum(critic(x)), x), has no meaning where the samples of a
  // batch influence each other, in batch norm for one: check() refuses it (GU-20). A formula that
  // takes the slope of the whole batch on purpose says so here.
  virtual void couples_samples() {}
  // Otherwise it may say what to do about such a refusal: "take LayerNorm instead of BatchNorm".
  virtual void keeps_samples_apart(const std::string& /*advice*/) {}

  // A layer of a network was traced: its nodes of the program begin at `begin`, y is its result.
  // For listings, for errors, and for formulas that look inside of a network.
  virtual void layer(const std::string& /*name*/, ValueId /*begin*/, Value /*y*/) {}

  // Names made inside are prefixed until the returned guard dies.
  class Scope {
   public:
    Scope(Formula& f, const std::string& prefix) : f_(f) { f_.push_scope(prefix); }
    ~Scope() { f_.pop_scope(); }
    Scope(const Scope&) = delete;

   private:
    Formula& f_;
  };

 protected:
  virtual void push_scope(const std::string& prefix) = 0;
  virtual void pop_scope() = 0;
};

// A network: a named function of one input whose parameters are Variables "<name>/...". A
// conditional network also takes a condition, one row a sample (N, classes).
class Network {
 public:
  // Any callable y = f(formula, x) or y = f(formula, x, condition).
  class Forward {
   public:
    Forward() = default;
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Forward> &&
             (std::is_invocable_r_v<Value, const F&, Formula&, Value> ||
              std::is_invocable_r_v<Value, const F&, Formula&, Value, Value>))
        Forward(F f) {  // NOLINT: implicit on purpose, g.network("D", mlp(...))
      if constexpr (std::is_invocable_r_v<Value, const F&, Formula&, Value, Value>)
        call_ = std::move(f);
      else
        call_ = [f = std::move(f)](Formula& formula, Value x, Value condition) {
          if (condition)
            fail(Fault::usage, "{}: the network takes no condition, remove that input",
                 formula.node());
          return f(formula, x);
        };
    }
    explicit operator bool() const { return static_cast<bool>(call_); }
    Value operator()(Formula& f, Value x, Value condition = {}) const {
      return call_(f, x, condition);
    }

   private:
    std::function<Value(Formula&, Value, Value)> call_;
  };

  Network() = default;
  Network(std::string name, Forward forward)
      : name_(std::move(name)), forward_(std::move(forward)) {}
  const std::string& name() const { return name_; }
  const Forward& forward() const { return forward_; }
  Value operator()(Formula& f, Value x, Value condition = {}) const {
    if (!forward_)
      fail(Fault::usage, "{}: its network is empty, give it one made by Graph::network()",
           f.node());
    const Formula::Scope scope(f, name_ + "/");
    return forward_(f, x, condition);
  }

 private:
  std::string name_;
  Forward forward_;
};

// The next value of one parameter; whoever minimizes assigns it. Own state is declared under `name`
// (the parameter's) and assigned inside. Implemented by the structs in ops/optimizers.
class Optimizer {
 public:
  using Call =
      std::function<Value(Formula& f, const std::string& name, Value parameter, Value gradient)>;
  Optimizer() = default;
  // Any such callable; it is called by its type, "RmsProp", a lambda "optimizer".
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Optimizer> && std::is_convertible_v<F, Call>)
      Optimizer(F f)  // NOLINT: implicit on purpose, minimize("step", loss, D, Adam{})
      : Optimizer(detail::type_name<F>(), std::move(f)) {
    if (kind_ == "formula") kind_ = "optimizer";
  }
  // Of one that does something more to another: "clip_weights(RmsProp)".
  Optimizer(std::string kind, Call call) : kind_(std::move(kind)), call_(std::move(call)) {}

  // What it is called in sentences and drawings.
  const std::string& kind() const { return kind_; }
  Value operator()(Formula& f, const std::string& name, Value parameter, Value gradient) const {
    return call_(f, name, parameter, gradient);
  }

 private:
  std::string kind_;
  Call call_;
};

}  // namespace ganflow
