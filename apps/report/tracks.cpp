#include "apps/report/tracks.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/results/records.h"
#include "io/run/run_index.h"

namespace ganflow::report {
namespace {

constexpr std::size_t kMostPoints = 200;

std::string label_of(const ReplicaInfo& replica) {
  if (!replica.cell.empty()) return replica.cell;
  std::string label;
  for (const auto& [name, value] : replica.settings)
    label += fmt::format("{}{}={}", label.empty() ? "" : " ", name, value);
  return label;
}

}  // namespace

std::vector<Group> groups_of(const RunInfo& info) {
  std::vector<Group> groups;
  const auto same = [](const ReplicaInfo& a, const ReplicaInfo& b) {
    return a.cell == b.cell && a.settings == b.settings;
  };
  for (const ReplicaInfo& replica : info.replicas) {
    const auto found = std::ranges::find_if(
        groups, [&](const Group& g) { return same(*g.replicas.front(), replica); });
    if (found == groups.end())
      groups.push_back({label_of(replica), {&replica}});
    else
      found->replicas.push_back(&replica);
  }
  if (groups.size() == 1 && groups[0].replicas[0]->cell.empty()) groups[0].label.clear();
  return groups;
}

std::map<std::string, Values> tracks_of(const std::string& run, const Group& group) {
  std::map<std::string, Values> tracks;
  for (const ReplicaInfo* replica : group.replicas)
    for (const Table& table : tables_of(*replica, false)) {
      std::vector<std::string> names;
      for (std::size_t c = 1; c < table.columns().size(); ++c)
        names.push_back(table.columns()[c].name);
      const results::Records records = results::read_records(run, *replica, table.name, names);
      const std::size_t rows = records.steps.size(), each = (rows + kMostPoints - 1) / kMostPoints;
      for (const auto& [name, values] : records.columns) {
        Values& track = tracks[table.name + "." + name];
        for (std::size_t r = 0; r + each <= rows; r += each) {
          double sum = 0;
          for (std::size_t i = r; i < r + each; ++i) sum += values[i];
          track[records.steps[r + each - 1]].push_back(sum / static_cast<double>(each));
        }
      }
    }
  return tracks;
}

Curve curve_of(const std::string& label, const Values& values) {
  Curve curve{.label = label};
  bool several = false;
  for (const auto& [step, at] : values) several = several || at.size() > 1;
  for (const auto& [step, at] : values) {
    const results::Sample sample = results::sample_of(at);
    curve.x.push_back(static_cast<double>(step));
    curve.y.push_back(sample.mean);
    if (!several) continue;
    curve.low.push_back(sample.mean - sample.half_width);
    curve.high.push_back(sample.mean + sample.half_width);
  }
  return curve;
}

}  // namespace ganflow::report
