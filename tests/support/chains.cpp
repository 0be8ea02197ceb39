#include "support/chains.h"

#include "engine/program/chain.h"

namespace ganflow::test {

using namespace kernels;

Program macro(const StepCase& c) {
  const Program critic = critic_step(c), generator = generator_step(c);
  std::vector<Occurrence> occurrences;
  for (std::uint32_t j = 0; j < 5; ++j) occurrences.push_back({&critic, {{0, j}}});
  occurrences.push_back({&generator, {{1, 0}}});
  return chain(occurrences, {"data"}).program;
}

std::pair<int, int> chains(const Launches& launches) {
  std::vector<Hazard> found = hazards(launches);
  const int all = critical_path(launches.list.size(), found);
  std::erase_if(found, [](const Hazard& h) { return h.kind != Hazard::Kind::read_after_write; });
  return {all, critical_path(launches.list.size(), found)};
}

Dependences without_sharing(const Launches& launches) {
  Launches slots = launches;
  for (Launch& launch : slots.list)
    std::erase_if(launch.writes, [](const Region& r) { return r.place.space == Space::arena; });
  Dependences after(launches.list.size());
  for (const Hazard& h : hazards(launches))
    if (h.kind == Hazard::Kind::read_after_write) after[h.later].push_back(h.earlier);
  for (const Hazard& h : hazards(slots)) after[h.later].push_back(h.earlier);
  return after;
}

}  // namespace ganflow::test
