#include "graphs/parts/update_rule.h"

#include "ops/optimizers/adam.h"
#include "ops/optimizers/restart.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/optimizers/sgd.h"

namespace ganflow {
namespace {

// What every optimizer is made of; each takes what it has a use for.
struct Rates {
  Scalar lr;
  double beta1 = 0, beta2 = 0, momentum = 0;
  std::optional<Scalar> l2;
  bool weights_only = false;
};

Optimizer rmsprop(const Rates& r) {
  return RmsProp{.lr = r.lr, .l2 = r.l2, .l2_weights_only = r.weights_only};
}
Optimizer rmsprop_tf(const Rates& r) {
  RmsProp tf = RmsProp::tf(r.lr);
  tf.l2 = r.l2;
  tf.l2_weights_only = r.weights_only;
  return tf;
}
Optimizer adam(const Rates& r) {
  return Adam{.lr = r.lr,
              .beta1 = r.beta1,
              .beta2 = r.beta2,
              .l2 = r.l2,
              .l2_weights_only = r.weights_only};
}
Optimizer sgd(const Rates& r) {
  return Sgd{.lr = r.lr, .momentum = r.momentum, .l2 = r.l2, .l2_weights_only = r.weights_only};
}

struct Kind {
  std::string name;
  Optimizer (*make)(const Rates&);
  std::string init;
};
std::vector<std::pair<std::string, Kind>> kinds() {
  std::vector<std::pair<std::string, Kind>> all;
  for (const Kind& kind : {Kind{"rmsprop", rmsprop, "torch"},
                           {"rmsprop.tf", rmsprop_tf, "glorot"},
                           {"adam", adam, "torch"},
                           {"sgd", sgd, "torch"}})
    all.emplace_back(kind.name, kind);
  return all;
}

// beta1, beta2 and momentum by the options `of` + those names.
void add_betas(Graph& g, const std::string& of, Rates& r, const std::string& help) {
  const Range decay{.least = 0, .most = 1, .open_most = true};
  r.beta1 = g.option(Option<double>{of + "beta1", r.beta1, decay, "of adam" + help});
  r.beta2 = g.option(Option<double>{of + "beta2", r.beta2, decay, "of adam" + help});
  r.momentum = g.option(Option<double>{of + "momentum", r.momentum, decay, "of sgd" + help});
}

// What one player has of its own where --set says so.
Optimizer own(Graph& g, const std::string& player, const Kind& both, Rates r) {
  const std::string of = player + ".", help = ", the " + player + "'s own";
  const Kind kind = g.option(
      Choice<Kind>{of + "optimizer", both.name, kinds(), "the " + player + "'s own (TTUR)"});
  r.lr = g.own_scalar(of + "lr", r.lr, "learning rate" + help);
  add_betas(g, of, r, help);
  return kind.make(r);
}

}  // namespace

UpdateRule update_rule(Graph& g, const UpdateRuleOptions& o) {
  Rates r{.lr = g.scalar("lr", o.lr), .beta1 = o.beta1, .beta2 = o.beta2, .momentum = o.momentum};
  if (o.l2) {
    r.l2 = g.scalar("l2", *o.l2);
    r.weights_only = g.option(
        Option<bool>{"l2.weights_only", false, "l2 leaves out biases and scales of norms (R-27)"});
  }
  add_betas(g, "", r, "");
  const Kind both = g.option(Choice<Kind>{"optimizer", o.optimizer, kinds(),
                                          "of both players; rmsprop.tf with TensorFlow's "
                                          "constants and initialisation (R-26)"});
  UpdateRule rule{.critic = own(g, "critic", both, r),
                  .generator = own(g, "generator", both, r),
                  .init = both.init};
  if (o.stages && g.option(Option<bool>{"reset_optimizer", false,
                                        "moments start anew at the steps of restarts (R-35)"}))
    for (Optimizer* optimizer : {&rule.critic, &rule.generator})
      *optimizer = restarting(*optimizer, g.scalar("restarts", *o.stages));
  return rule;
}

}  // namespace ganflow
