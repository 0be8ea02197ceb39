#include "io/run/summary_file.h"

#include <algorithm>

namespace ganflow {
namespace {

void write_texts(hid_t group, const std::string& name, const std::vector<std::string>& texts) {
  std::size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  const hdf5::Type type(H5Tcopy(H5T_C_S1), "H5Tcopy");
  hdf5::check(H5Tset_size(type.id(), longest), "H5Tset_size");
  hdf5::check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "H5Tset_strpad");
  std::string packed(longest * texts.size(), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i].copy(&packed[i * longest], longest);
  const hdf5::Dataset dataset =
      hdf5::create_dataset(group, name, type.id(), hdf5::simple_space({texts.size()}));
  hdf5::check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, packed.data()),
              "H5Dwrite");
}

template <class T>
void write_numbers(hid_t group, const std::string& name, const std::vector<T>& values, hid_t stored,
                   hid_t native) {
  const hdf5::Dataset dataset =
      hdf5::create_dataset(group, name, stored, hdf5::simple_space({values.size()}));
  hdf5::check(H5Dwrite(dataset.id(), native, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              "H5Dwrite");
}

}  // namespace

void write_summary(hid_t location, const std::vector<SummaryColumn>& columns) {
  const hdf5::PropertyList creation(H5Pcreate(H5P_GROUP_CREATE), "H5Pcreate");
  hdf5::check(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  hdf5::check(
      H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
      "H5Pset_link_creation_order");
  const hdf5::Group group(H5Gcreate2(location, "summary", H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                          "H5Gcreate2");
  for (const SummaryColumn& column : columns) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values))
      write_texts(group.id(), column.name, *texts);
    else if (const auto* numbers = std::get_if<std::vector<double>>(&column.values))
      write_numbers(group.id(), column.name, *numbers, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE);
    else
      write_numbers(group.id(), column.name, std::get<std::vector<std::uint64_t>>(column.values),
                    H5T_STD_U64LE, H5T_NATIVE_UINT64);
  }
}

}  // namespace ganflow
