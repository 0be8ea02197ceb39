// A measure of one's own: where a gradient penalty looks. Here at points beyond the fake samples,
// seen from the real ones.
#include <ganflow/ganflow.h>

using namespace ganflow;

// x_fake + a (x_fake - x_real), a ~ U(0, most) per sample. Any function of this form is a Measure.
Measure beyond(double most) {
  return [most](Formula& f, Value real, Value fake) {
    const Value u = random(f.builder(), RandomKind::uniform, {fake.rows()}, f.stream("beyond"));
    return fake + broadcast_rows(most * u, fake) * (fake - real);
  };
}

void compose(Graph& g) {
  const Network G = g.network("G", mlp({2, 16, 2}, relu)),
                D = g.network("D", mlp({2, 16, 1}, relu));
  const Measure looks =
      g.option(Choice<Measure>{"measure",
                               "beyond",
                               {{"beyond", beyond(0.5)}, {"midpoint", measure::midpoint}},
                               "where the penalty looks"});
  const Port real = g.add("data", Gaussians8{});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2}));
  const Port loss = g.add("loss", Wasserstein{}, g.add("critic_real", Forward{D}, real),
                          g.add("critic_fake", Forward{D}, fake));
  const Port penalty = g.add("penalty", GradientPenalty{.critic = D, .measure = looks}, real, fake);
  g.phase("critic", 1).minimize("critic_step", loss + penalty, D, Adam{});
}

int main(int argc, char** argv) { return run("measure", compose, argc, argv); }
