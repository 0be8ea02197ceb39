#include "io/run/run_index.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "io/disk/durable.h"
#include "io/disk/sealed.h"
#include "io/run/summary_file.h"
#include "io/run/table.h"

namespace ganflow {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "1.1";
const char* const kTypeNames[] = {"int64", "float32", "float64"};

Json to_json(const Table& table) {
  Json columns = Json::array();
  for (const Column& c : table.columns())
    columns.push_back({{"name", c.name},
                       {"type", kTypeNames[static_cast<int>(c.type)]},
                       {"unit", c.unit},
                       {"description", c.description}});
  return {{"name", table.name},
          {"description", table.description},
          {"timing", table.timing},
          {"columns", columns}};
}

Table table_from(const Json& json) {
  std::vector<Column> columns;
  for (const Json& c : json.at("columns")) {
    ColumnType type = ColumnType::int64;
    while (kTypeNames[static_cast<int>(type)] != c.at("type").get<std::string>()) {
      if (type == ColumnType::float64) throw std::runtime_error("unknown column type");
      type = static_cast<ColumnType>(static_cast<int>(type) + 1);
    }
    columns.push_back({c.at("name"), type, c.at("unit"), c.at("description")});
  }
  return {json.at("name"), json.at("description"), std::move(columns), json.at("timing")};
}

Json to_json(const ImageRecord& r) {
  return {{"count", r.count},           {"channels", r.channels}, {"height", r.height},
          {"width", r.width},           {"classes", r.classes},   {"class_names", r.class_names},
          {"unlabelled", r.unlabelled}, {"crc32", r.crc32}};
}

ImageRecord image_record_from(const Json& json) {
  return {json.at("count"),      json.at("channels"),
          json.at("height"),     json.at("width"),
          json.at("classes"),    json.at("class_names"),
          json.at("unlabelled"), json.value("crc32", std::uint32_t{0})};
}

// Tables like those of an earlier replica are said by its place: most runs have thousands of equal
// ones.
Json to_json(const RunInfo& info) {
  Json replicas = Json::array();
  std::map<std::string, std::size_t> known;
  for (const ReplicaInfo& r : info.replicas) {
    Json& replica = replicas.emplace_back(Json{{"index", r.index},
                                               {"seed", r.seed},
                                               {"settings", r.settings},
                                               {"program_hash", r.program_hash},
                                               {"formulas_hash", r.formulas_hash},
                                               {"graph", r.graph},
                                               {"cell", r.cell},
                                               {"options", r.options}});
    std::string layout;
    for (const Table& table : r.tables) layout += layout_text(table);
    const auto [first, fresh] = known.emplace(layout, replicas.size() - 1);
    if (!fresh) {
      replica["tables_of"] = first->second;
      continue;
    }
    Json& tables = replica["tables"] = Json::array();
    for (const Table& table : r.tables) tables.push_back(to_json(table));
  }
  Json images = Json::object();
  for (const auto& [set, record] : info.images) images[set] = to_json(record);
  return {{"graph", info.graph},
          {"options", info.options},
          {"device", info.device},
          {"threads", info.threads},
          {"flags", info.flags},
          {"images", images},
          {"instructions", info.instructions},
          {"replicas", replicas}};
}

RunInfo info_from(const Json& json) {
  RunInfo info{json.at("graph"), json.at("options"), json.at("device"), json.at("threads"), {}};
  if (json.contains("images"))
    for (const auto& [set, record] : json.at("images").items())
      info.images[set] = image_record_from(record);
  info.instructions = json.value("instructions", std::string());
  if (json.contains("flags")) info.flags = json.at("flags").get<decltype(info.flags)>();
  for (const Json& r : json.at("replicas")) {
    ReplicaInfo replica{r.at("index"), r.at("seed"), r.at("settings"), r.at("program_hash"), {}};
    replica.formulas_hash = r.value("formulas_hash", std::uint64_t{0});
    replica.graph = r.value("graph", std::string());
    replica.cell = r.value("cell", std::string());
    if (r.contains("options")) replica.options = r.at("options").get<decltype(replica.options)>();
    if (r.contains("tables_of"))
      replica.tables = info.replicas.at(r.at("tables_of").get<std::size_t>()).tables;
    else
      for (const Json& table : r.at("tables")) replica.tables.push_back(table_from(table));
    info.replicas.push_back(std::move(replica));
  }
  return info;
}

std::string uuid() {
  std::array<unsigned char, 16> b{};
  if (::getrandom(b.data(), b.size(), 0) != static_cast<ssize_t>(b.size()))
    fail(Fault::output, "the system gives no random bytes for a run id");
  b[6] = static_cast<unsigned char>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<unsigned char>((b[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < b.size(); ++i)
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
  return text;
}

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// Names that are not UTF-8 are no reason to stop; what is wrong in them is marked.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

void link(hid_t group, const std::string& name, const std::string& file,
          const std::string& object) {
  hdf5::check(H5Lcreate_external(file.c_str(), object.c_str(), group, name.c_str(), H5P_DEFAULT,
                                 H5P_DEFAULT),
              "H5Lcreate_external");
}

// replica_RRR: its groups of the live files, and every immutable file by folder and step.
void link_replica(const std::string& run, hid_t file, const ReplicaInfo& replica, bool timing) {
  const std::string name = replica_directory(replica.index);
  const hdf5::Group group = hdf5::make_groups(file, name);
  link(group.id(), "metrics", "metrics.h5", "/" + name);
  if (timing) link(group.id(), "timing", "timing.h5", "/" + name);
  for (const std::string& folder : directory_entries(run + "/" + name)) {
    const std::string inside = name + "/" + folder;
    const std::string in_index = folder == "timing" ? "timing_rows" : folder;
    for (const std::string& entry : directory_entries(run + "/" + inside)) {
      Step step = 0;
      if (!parse_step_file(entry, step)) continue;
      const hdf5::Group steps = hdf5::make_groups(group.id(), in_index);
      link(steps.id(), step_name(step), inside + "/" + entry, "/");
    }
  }
}

void write_string(hid_t location, const std::string& name, const std::string& text) {
  const hdf5::Type type(H5Tcopy(H5T_C_S1), "H5Tcopy");
  hdf5::check(H5Tset_size(type.id(), H5T_VARIABLE), "H5Tset_size");
  hdf5::check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "H5Tset_cset");
  const hdf5::Dataset dataset =
      hdf5::create_dataset(location, name, type.id(), hdf5::simple_space({}));
  const char* value = text.c_str();
  hdf5::check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), "H5Dwrite");
}

std::string read_string(hid_t location, const std::string& name) {
  const hdf5::Dataset dataset = hdf5::open_dataset(location, name);
  const hdf5::Type type(H5Dget_type(dataset.id()), "H5Dget_type");
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) <= 0 ||
      !hdf5::extents(dataset).empty())
    throw hdf5::Failure("'" + name + "' is not one text of variable length");
  char* value = nullptr;
  hdf5::check(H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), "H5Dread");
  const std::string text = value ? value : "";
  H5free_memory(value);
  return text;
}

std::string this_host() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

RunIndex new_run_index(RunInfo info) {
  return {std::move(info), uuid(), now_utc(), this_host(), GANFLOW_VERSION};
}

bool has_timing(const RunInfo& info) {
  return std::any_of(info.replicas.begin(), info.replicas.end(), [](const ReplicaInfo& replica) {
    return std::any_of(replica.tables.begin(), replica.tables.end(),
                       [](const Table& table) { return table.timing; });
  });
}

const char* live_file(bool timing) { return timing ? "/timing.h5" : "/metrics.h5"; }

std::vector<Table> tables_of(const ReplicaInfo& replica, bool timing) {
  std::vector<Table> tables;
  for (const Table& table : replica.tables)
    if (table.timing == timing) tables.push_back(table);
  return tables;
}

std::string replica_directory(int replica) { return fmt::format("replica_{:03}", replica); }

std::string step_name(Step step) { return fmt::format("step_{:09}", step); }

bool parse_step_file(const std::string& name, Step& step) {
  unsigned long long value = 0;
  if (std::sscanf(name.c_str(), "step_%20llu", &value) != 1) return false;
  step = value;
  return name == step_name(step) + ".h5";
}

std::vector<std::string> immutable_files(const std::string& run, const RunInfo& info) {
  std::vector<std::string> files;
  for (const ReplicaInfo& replica : info.replicas) {
    const std::string name = replica_directory(replica.index);
    for (const std::string& folder : directory_entries(run + "/" + name))
      for (const std::string& entry : directory_entries(run + "/" + name + "/" + folder))
        if (Step step = 0; parse_step_file(entry, step) || entry.ends_with(".png"))
          files.push_back(name + "/" + folder + "/" + entry);
  }
  return files;
}

std::string run_info_text(const RunInfo& info) { return text_of(to_json(info)); }

RunInfo run_info_from(const std::string& text) {
  try {
    return info_from(Json::parse(text));
  } catch (const std::exception& error) {
    fail(Fault::input, "the config is not that of a run: {}", error.what());
  }
}

void write_run_index(const std::string& run, const RunIndex& index) {
  write_sealed(run + "/run.h5", [&](const hdf5::File& file) {
    const hid_t root = file.id();
    hdf5::write_text(root, "schema", kSchema);
    hdf5::write_text(root, "kind", "run");
    hdf5::write_text(root, "version", index.version);
    hdf5::write_text(root, "run_id", index.run_id);
    hdf5::write_text(root, "created", index.created);
    hdf5::write_text(root, "host", index.host);
    hdf5::write_text(root, "graph", index.info.graph);
    hdf5::write_text(root, "device", index.info.device);
    hdf5::write_text(root, "instructions", index.info.instructions);
    hdf5::write_number(root, "threads", static_cast<std::uint64_t>(index.info.threads));
    hdf5::write_number(root, "resumes", static_cast<std::uint64_t>(index.resumes));
    hdf5::write_number(root, "seed",
                       index.info.replicas.empty() ? 0 : index.info.replicas.front().seed);
    write_string(root, "config", run_info_text(index.info));
    write_string(root, "files", text_of(index.files));
    write_summary(root, index.summary);
    const bool timing = has_timing(index.info);
    link(root, "metrics", "metrics.h5", "/");
    if (timing) link(root, "timing", "timing.h5", "/");
    for (const ReplicaInfo& replica : index.info.replicas) link_replica(run, root, replica, timing);
  });
}

RunIndex read_run_index(const std::string& run) {
  const std::string path = run + "/run.h5";
  if (!exists(path)) fail(Fault::usage, "{} holds no run: there is no run.h5 in it", run);
  RunIndex index;
  read_sealed(path, [&](const hdf5::File& file) {
    const std::string schema = hdf5::read_text(file.id(), "schema");
    if (schema != kSchema)
      fail(Fault::usage, "{} has schema {}: this ganflow reads schema {}", path, schema, kSchema);
    index.run_id = hdf5::read_text(file.id(), "run_id");
    index.created = hdf5::read_text(file.id(), "created");
    index.host = hdf5::read_text(file.id(), "host");
    index.version = hdf5::read_text(file.id(), "version");
    index.resumes = static_cast<int>(hdf5::read_number(file.id(), "resumes"));
    try {
      index.info = info_from(Json::parse(read_string(file.id(), "config")));
      index.files = Json::parse(read_string(file.id(), "files"));
    } catch (const std::exception& error) {
      fail(Fault::input, "{}: its config is not that of a run: {}", path, error.what());
    }
  });
  return index;
}

}  // namespace ganflow
