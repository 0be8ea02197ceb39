// A Formula that passes everything on to another: derive to change what a network sees while it is
// traced (other Variables, evaluation mode) or to watch its layers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

class FormulaView : public Formula {
 public:
  explicit FormulaView(Formula& seen) : seen_(seen) {}
  Builder& builder() override { return seen_.builder(); }
  const std::string& node() const override { return seen_.node(); }
  Extent batch() const override { return seen_.batch(); }
  bool training() const override { return seen_.training(); }
  Value scalar(const std::string& option, const Scalar& value, const Range& range,
               const std::string& help) override {
    return seen_.scalar(option, value, range, help);
  }
  Value variable(const std::string& name, Shape shape, Keep keep,
                 const Initializer& initializer) override {
    return seen_.variable(name, shape, keep, initializer);
  }
  std::vector<VariableInfo> variables(const std::string& prefix) const override {
    return seen_.variables(prefix);
  }
  void assign(Value variable, Value value) override { seen_.assign(variable, value); }
  std::uint32_t stream(const std::string& draw) override { return seen_.stream(draw); }
  void tap(const std::string& name, Value value, const TapText& text) override {
    seen_.tap(name, value, text);
  }
  void couples_samples() override { seen_.couples_samples(); }
  void keeps_samples_apart(const std::string& advice) override {
    seen_.keeps_samples_apart(advice);
  }
  void layer(const std::string& name, ValueId begin, Value y) override {
    seen_.layer(name, begin, y);
  }

 protected:
  // What was pushed through this view: "D/conv1/".
  std::string scope() const {
    std::string text;
    for (const Opened& opened : scopes_) text += opened.prefix;
    return text;
  }
  void push_scope(const std::string& prefix) override {
    scopes_.push_back({prefix, std::make_unique<Scope>(seen_, prefix)});
  }
  void pop_scope() override { scopes_.pop_back(); }

 private:
  struct Opened {
    std::string prefix;
    std::unique_ptr<Scope> guard;
  };
  Formula& seen_;
  std::vector<Opened> scopes_;
};

}  // namespace ganflow
