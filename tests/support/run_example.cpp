#include "support/run_example.h"

#include <unistd.h>

#include <algorithm>

#include "io/disk/hdf5.h"
#include "io/run/table.h"

namespace ganflow::test {
namespace {

Step interval_of(const Table& table) {
  if (table.name == "generator") return 5;
  if (table.name == "quality") return 100;
  return table.timing ? 50 : 1;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ganflow_test_XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

RunInfo example_info(int replicas) {
  const Column step{"step", ColumnType::int64, "critic update", "critic updates done"};
  const std::vector<Table> tables{
      {"critic",
       "critic updates",
       {step,
        {"loss", ColumnType::float32, "1", "Wasserstein loss"},
        {"penalty.p05", ColumnType::float64, "1", "gradient penalty"}}},
      {"generator", "generator updates", {step, {"loss", ColumnType::float32, "1", "loss"}}},
      {"quality", "sphere quality", {step, {"kl", ColumnType::float64, "nat", "KL divergence"}}},
      {"clock",
       "time",
       {step, {"run/writer.busy_seconds", ColumnType::float64, "s", "in run/writer"}},
       true}};
  RunInfo info{"thesis-28", {{"batch", "64"}, {"lambda", "10"}}, "cpu", 2, {}};
  for (int r = 0; r < replicas; ++r)
    info.replicas.push_back({r,
                             7u + static_cast<std::uint64_t>(r),
                             {{"critic_step.lr", "0.001"}},
                             0xfedcba9876543210u,
                             tables});
  return info;
}

std::vector<std::byte> example_rows(const Table& table, int replica, Step begin, Step end) {
  std::vector<std::byte> rows;
  const Step every = interval_of(table);
  for (Step step = (begin / every + 1) * every; step <= end; step += every) {
    const std::size_t at = rows.size();
    rows.resize(at + table.row_bytes());
    RowWriter writer(table, rows.data() + at);
    writer.put(step);
    for (std::size_t c = 1; c < table.columns().size(); ++c)
      writer.put(1e-3 * static_cast<double>(step) + 1000. * replica + static_cast<double>(c));
  }
  return rows;
}

ExampleState::ExampleState(int replica, Step step, Extent width) {
  snapshot.step = step;
  snapshot.counters = {{"critic", step}, {"generator", step / 5}, {"macro", step / 5}};
  const std::vector<std::pair<std::string, Shape>> variables{{"D/0/b", {}},
                                                             {"D/0/w", {width, 700}},
                                                             {"D/0/w.scale", {3}},
                                                             {"D/0/w/square_avg", {2, 3}},
                                                             {"empty", {0, 4}}};
  for (const auto& [name, shape] : variables) {
    std::vector<float>& data = data_.emplace_back(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < data.size(); ++i)
      data[i] = static_cast<float>(step) + static_cast<float>(i % 1000) * 1e-3f +
                static_cast<float>(replica);
  }
  for (std::size_t i = 0; i < variables.size(); ++i)
    snapshot.variables.push_back({variables[i].first, variables[i].second, data_[i]});
}

void write_example(Sink& sink, const RunInfo& info, const ExamplePlan& plan) {
  const auto mark = [](Step step, Step every) {  // the next multiple after `step`
    return every ? (step / every + 1) * every : ~Step{0};
  };
  for (Step begin = plan.begin; begin < plan.end;) {
    const Step end = std::min({begin + plan.batch, plan.end, mark(begin, plan.commit_every),
                               mark(begin, plan.samples_every)});
    for (const ReplicaInfo& replica : info.replicas) {
      for (std::size_t t = 0; t < replica.tables.size(); ++t)
        sink.rows(replica.index, static_cast<int>(t),
                  example_rows(replica.tables[t], replica.index, begin, end));
      if (plan.commit_every && end % plan.commit_every == 0)
        sink.commit(replica.index, ExampleState(replica.index, end, plan.width).snapshot);
      if (plan.samples_every && end % plan.samples_every == 0) {
        const std::vector<float> pixels(10 * 8 * 6, .5f);
        sink.samples(replica.index, {"samples", end, 10, {48}, {8, 6, 1, 0, 1}, pixels});
      }
    }
    sink.flush();
    begin = end;
  }
}

void write_run(const std::string& path, const ExamplePlan& plan, int replicas) {
  const RunInfo info = example_info(replicas);
  RunDirectory run(path, info);
  write_example(run, info, plan);
  run.close();
}

std::string checkpoint_path(const std::string& run, int replica, Step step) {
  return run + "/" + replica_directory(replica) + "/checkpoints/" + step_name(step) + ".h5";
}

std::string rows_path(const std::string& run, int replica, Step step) {
  return run + "/" + replica_directory(replica) + "/rows/" + step_name(step) + ".h5";
}

std::vector<std::string> resume_example(const std::string& path, const ExamplePlan& plan) {
  ResumeState state = load_run(path);
  const std::vector<std::string> messages = state.messages;
  const std::vector<std::optional<Restored>> restored = state.restored;
  const RunInfo info = state.index.info;
  RunDirectory run(std::move(state), info);
  for (const ReplicaInfo& replica : info.replicas) {
    RunInfo one = info;
    one.replicas = {replica};
    const auto& from = restored[static_cast<std::size_t>(replica.index)];
    ExamplePlan rest = plan;
    rest.begin = from ? from->step : 0;
    write_example(run, one, rest);
  }
  run.close();
  return messages;
}

std::vector<std::string> wrong_tables(const std::string& run, Step end, int replicas) {
  std::vector<std::string> wrong;
  for (const ReplicaInfo& replica : example_info(replicas).replicas)
    for (const Table& table : replica.tables) {
      const std::string file = run + (table.timing ? "/timing.h5" : "/metrics.h5");
      const std::string name = replica_directory(replica.index) + "/" + table.name;
      if (rows_in(file, name, table) != example_rows(table, replica.index, 0, end))
        wrong.push_back(name);
    }
  return wrong;
}

std::vector<std::byte> rows_in(const std::string& file, const std::string& table,
                               const Table& layout) {
  const hdf5::File opened = hdf5::open_file(file, true);
  const hdf5::Dataset dataset = hdf5::open_dataset(opened.id(), table);
  std::vector<std::byte> rows(hdf5::extents(dataset).at(0) * layout.row_bytes());
  if (!rows.empty()) read_rows(dataset, row_type(layout), 0, rows);
  return rows;
}

std::vector<char> file_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void flip_bit(const std::string& path, std::size_t byte) {
  std::vector<char> bytes = file_bytes(path);
  bytes.at(byte) = static_cast<char>(bytes[byte] ^ 4);
  write_bytes(path, bytes);
}

}  // namespace ganflow::test
