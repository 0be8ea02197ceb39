// Checkpoints, rows files and run.h5 that are whole HDF5 files with a right seal, but hold
// anything: what the seal cannot tell. The bytes say what is put into the file.
#include <fuzzer/FuzzedDataProvider.h>

#include "fuzz_file.h"
#include "io/data/hdf5_images.h"
#include "io/disk/sealed.h"
#include "io/run/checkpoint.h"
#include "io/run/rows_file.h"
#include "io/run/run_index.h"

namespace {

using namespace ganflow;

const Table kTable{
    "critic", "", {{"step", ColumnType::int64, "", ""}, {"loss", ColumnType::float32, "", ""}}};

hdf5::Type any_type(FuzzedDataProvider& in) {
  switch (in.ConsumeIntegralInRange(0, 6)) {
    case 0:
      return {H5Tcopy(H5T_IEEE_F32LE), "type"};
    case 1:
      return {H5Tcopy(H5T_STD_U64LE), "type"};
    case 2:
      return {H5Tcopy(H5T_STD_I8BE), "type"};
    case 3: {
      hdf5::Type text(H5Tcopy(H5T_C_S1), "type");
      H5Tset_size(text.id(),
                  in.ConsumeBool() ? H5T_VARIABLE : 1 + in.ConsumeIntegral<std::uint8_t>());
      return text;
    }
    case 4: {
      hdf5::Type pair(H5Tcreate(H5T_COMPOUND, 12), "type");
      H5Tinsert(pair.id(), in.ConsumeBool() ? "step" : "x", 0, H5T_STD_I64LE);
      H5Tinsert(pair.id(), "loss", 8, H5T_IEEE_F32LE);
      return pair;
    }
    case 5: {
      const hsize_t extents[] = {1 + in.ConsumeIntegralInRange<hsize_t>(0, 8)};
      return {H5Tarray_create2(H5T_IEEE_F64LE, 1, extents), "type"};
    }
    default:
      return {H5Tcopy(H5T_IEEE_F64BE), "type"};
  }
}

std::vector<hsize_t> any_extents(FuzzedDataProvider& in) {
  std::vector<hsize_t> extents(in.ConsumeIntegralInRange<std::size_t>(0, 8));
  for (hsize_t& e : extents)
    e = in.ConsumeBool() ? in.ConsumeIntegralInRange<hsize_t>(0, 9)
                         : in.ConsumeIntegralInRange<hsize_t>(0, hsize_t{1} << 62);
  return extents;
}

void add_attribute(FuzzedDataProvider& in, hid_t object) {
  static const char* const kNames[] = {"schema",       "kind",        "replica",     "seed",
                                       "step",         "after_step",  "complete",    "program_hash",
                                       "tensor_count", "total_bytes", "state_crc32", "name",
                                       "crc32",        "run_id",      "created",     "host",
                                       "version",      "resumes",     "axes",        "classes"};
  const std::string name = in.PickValueInArray(kNames);
  switch (in.ConsumeIntegralInRange(0, 3)) {
    case 0:
      return hdf5::write_number(object, name, in.ConsumeIntegralInRange<std::uint64_t>(0, 3));
    case 1: {
      static const char* const kTexts[] = {"1.0", "checkpoint", "rows", "run", "w", "critic", ""};
      return hdf5::write_text(object, name, in.PickValueInArray(kTexts));
    }
    case 2:
      return hdf5::write_fixed_text(object, name, in.ConsumeRandomLengthString(20));
    default: {
      std::vector<hsize_t> extents = any_extents(in);
      for (hsize_t& e : extents) e = e % 4 + 1;
      const hdf5::Type type = any_type(in);
      const hdf5::Attribute attribute(
          H5Acreate2(object, name.c_str(), type.id(), hdf5::simple_space(extents).id(), H5P_DEFAULT,
                     H5P_DEFAULT),
          "H5Acreate2");
    }
  }
}

void add_dataset(FuzzedDataProvider& in, hid_t file) {
  static const char* const kNames[] = {
      "variables/w", "variables/w/value", "variables/D/0/b", "critic",
      "config",      "counters",          "images",          "labels"};
  const std::vector<hsize_t> extents = any_extents(in);
  const hdf5::PropertyList creation = hdf5::dataset_creation();
  if (!extents.empty()) {  // chunks that were never written take no room
    const std::vector<hsize_t> chunk(extents.size(), 1);
    hdf5::check(H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()), "chunk");
  }
  const hdf5::Type type = any_type(in);
  const hdf5::Dataset dataset = hdf5::create_dataset(file, in.PickValueInArray(kNames), type.id(),
                                                     hdf5::simple_space(extents), creation);
  if (extents.empty() && H5Tis_variable_str(type.id()) > 0) {
    const std::string text = in.ConsumeRandomLengthString(2000);
    const char* value = text.c_str();
    hdf5::check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), "write");
  }
  while (in.ConsumeBool()) add_attribute(in, dataset.id());
}

template <class Body>
void unless_refused(Body&& body) {  // by the HDF5 library: then it is not in the file
  try {
    body();
  } catch (const hdf5::Failure&) {
  }
}

// Attributes of a file that the readers take for theirs, so that they go on to the rest.
void begin_as(FuzzedDataProvider& in, hid_t file) {
  if (in.ConsumeBool()) {
    hdf5::write_text(file, "schema", "1.0");
    hdf5::write_text(file, "kind", "checkpoint");
    for (const char* name : {"complete", "replica", "seed", "step", "program_hash"})
      hdf5::write_number(file, name, 1);
    hdf5::make_groups(file, "counters");
    hdf5::make_groups(file, "variables");
  } else if (in.ConsumeBool()) {
    for (const char* name : {"run_id", "created", "host", "version"})
      hdf5::write_text(file, name, "x");
    hdf5::write_text(file, "schema", "1.0");
    hdf5::write_number(file, "resumes", 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = fuzz::directory() + "/run.h5";
  FuzzedDataProvider in(data, size);
  write_sealed(path, [&](const hdf5::File& file) {
    unless_refused([&] { begin_as(in, file.id()); });
    while (in.remaining_bytes() > 0)
      unless_refused(
          [&] { in.ConsumeBool() ? add_dataset(in, file.id()) : add_attribute(in, file.id()); });
  });
  fuzz::only_sentences([&] { read_checkpoint(path); });
  fuzz::only_sentences([&] { read_rows_span(path); });
  fuzz::only_sentences(
      [&] { read_rows_file(path, {kTable}, [](std::size_t, std::span<const std::byte>) {}); });
  fuzz::only_sentences([&] { read_run_index(fuzz::directory()); });
  fuzz::only_sentences([&] { decode_hdf5_images(path); });
  return 0;
}
