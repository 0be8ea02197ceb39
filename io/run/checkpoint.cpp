#include "io/run/checkpoint.h"

#include "engine/error.h"
#include "io/disk/sealed.h"
#include "io/run/variables_file.h"

namespace ganflow {
namespace {

// Of a file whose seal is known to be right.
Checkpoint read_unverified(const std::string& path) {
  Checkpoint c;
  read_contents(path, [&](const hdf5::File& file) {
    if (hdf5::read_text(file.id(), "kind") != "checkpoint" ||
        hdf5::read_number(file.id(), "complete") != 1)
      fail(Fault::input, "{} is not a complete checkpoint", path);
    c.replica = static_cast<int>(hdf5::read_number(file.id(), "replica"));
    c.seed = hdf5::read_number(file.id(), "seed");
    c.program_hash = hdf5::read_number(file.id(), "program_hash");
    c.state.step = hdf5::read_number(file.id(), "step");
    const hdf5::Group counters = hdf5::make_groups(file.id(), "counters");
    for (const std::string& name : hdf5::attribute_names(counters.id()))
      c.state.counters[name] = hdf5::read_number(counters.id(), name);

    StoredVariables stored = read_variables(path, file);
    c.state.variables = std::move(stored.values);
    c.shapes = std::move(stored.shapes);
    c.state_crc = stored.state_crc;
  });
  return c;
}

}  // namespace

void write_checkpoint(const std::string& path, const ReplicaInfo& replica,
                      const Snapshot& snapshot) {
  std::uint32_t crc = 0;
  const auto fill = [&](const hdf5::File& file) {
    crc = write_variables(file, snapshot.variables);
    const hdf5::Group counters = hdf5::make_groups(file.id(), "counters");
    for (const auto& [name, value] : snapshot.counters)
      hdf5::write_number(counters.id(), name, value);
    hdf5::write_text(file.id(), "schema", "1.0");
    hdf5::write_text(file.id(), "kind", "checkpoint");
    hdf5::write_number(file.id(), "replica", static_cast<std::uint64_t>(replica.index));
    hdf5::write_number(file.id(), "seed", replica.seed);
    hdf5::write_number(file.id(), "step", snapshot.step);
    hdf5::write_number(file.id(), "program_hash", replica.program_hash);
    hdf5::write_number(file.id(), "complete", 1);
  };
  // A seal tells that a file stays what it is, not that the library wrote what it was given.
  const auto check = [&](const std::string& temporary) {
    std::string why = "another state is read back";
    try {
      if (read_unverified(temporary).state_crc == crc) return;
    } catch (const Error& error) {
      why = error.what();
    }
    throw hdf5::Failure(why);
  };
  write_sealed(path, fill, check);
}

Checkpoint read_checkpoint(const std::string& path) {
  verify_seal(path);
  return read_unverified(path);
}

}  // namespace ganflow
