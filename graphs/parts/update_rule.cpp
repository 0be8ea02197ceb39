#include "graphs/parts/update_rule.h"

#include "ops/optimizers/adam.h"
#include "ops/optimizers/restart.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/optimizers/sgd.h"

namespace ganflow {

UpdateRule update_rule(Graph& g, const UpdateRuleOptions& o) {
  const Scalar lr = g.scalar("lr", o.lr);
  std::optional<Scalar> l2;
  bool weights_only = false;
  if (o.l2) {
    l2 = g.scalar("l2", *o.l2);
    weights_only = g.option(
        Option<bool>{"l2.weights_only", false, "l2 leaves out biases and scales of norms (R-27)"});
  }
  const Range decay{.least = 0, .most = 1, .open_most = true};
  const double beta1 = g.option(Option<double>{"beta1", o.beta1, decay, "of adam"});
  const double beta2 = g.option(Option<double>{"beta2", o.beta2, decay, "of adam"});
  RmsProp tf = RmsProp::tf(lr);
  tf.l2 = l2;
  tf.l2_weights_only = weights_only;
  const RmsProp torch{.lr = lr, .l2 = l2, .l2_weights_only = weights_only};
  const Adam adam{
      .lr = lr, .beta1 = beta1, .beta2 = beta2, .l2 = l2, .l2_weights_only = weights_only};
  const double momentum = g.option(Option<double>{"momentum", 0.9, decay, "of sgd"});
  const Sgd sgd{.lr = lr, .momentum = momentum, .l2 = l2, .l2_weights_only = weights_only};
  UpdateRule rule =
      g.option(Choice<UpdateRule>{"optimizer",
                                  o.optimizer,
                                  {{"rmsprop", {torch, torch, "torch"}},
                                   {"rmsprop.tf", {tf, tf, "glorot"}},
                                   {"adam", {adam, adam, "torch"}},
                                   {"sgd", {sgd, sgd, "torch"}}},
                                  "of both players; rmsprop.tf with TensorFlow's constants and "
                                  "initialisation (R-26)"});
  if (o.stages && g.option(Option<bool>{"reset_optimizer", false,
                                        "moments start anew at the steps of restarts (R-35)"}))
    for (Optimizer* optimizer : {&rule.critic, &rule.generator})
      *optimizer = restarting(*optimizer, g.scalar("restarts", *o.stages));
  return rule;
}

}  // namespace ganflow
