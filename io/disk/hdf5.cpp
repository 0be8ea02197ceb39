#include "io/disk/hdf5.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <optional>

#include "io/disk/fail_stop.h"

namespace ganflow::hdf5 {
namespace {

// "...errno = 28, error message = 'No space left on device', ..." -> the quoted part.
std::string system_message(const std::string& text) {
  const std::string key = "error message = '";
  const std::size_t begin = text.find(key);
  if (begin == std::string::npos) return text;
  const std::size_t end = text.find('\'', begin + key.size());
  return text.substr(begin + key.size(), end - begin - key.size());
}

// -> 28 there; 0: no system call failed.
int system_error(const std::string& text) {
  const std::string key = "errno = ";
  const std::size_t begin = text.find(key);
  return begin == std::string::npos ? 0 : std::atoi(text.c_str() + begin + key.size());
}

herr_t keep_innermost(unsigned n, const H5E_error2_t* error, void* text) {
  if (n == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

PropertyList file_access(bool writing) {
  PropertyList access(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate");
  check(H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG), "H5Pset_fclose_degree");
  if (writing) {
    set_fail_stop_driver(access.id());
    check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110),
          "H5Pset_libver_bounds");
  } else {
    // A reader of a torn live file would otherwise retry 100 times with doubling pauses.
    check(H5Pset_metadata_read_attempts(access.id(), 20), "H5Pset_metadata_read_attempts");
  }
  return access;
}

// The time to close a file grows with the square of what the library holds of its metadata, by
// default up to 32 MB: of ten thousand tables half a minute.
void keep_cache_small(const PropertyList& access) {
  H5AC_cache_config_t config{};
  config.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  check(H5Pget_mdc_config(access.id(), &config), "H5Pget_mdc_config");
  config.set_initial_size = true;
  config.initial_size = config.min_size = 1 << 20;
  config.max_size = 2 << 20;
  check(H5Pset_mdc_config(access.id(), &config), "H5Pset_mdc_config");
}

Attribute create_attribute(hid_t object, const std::string& name, hid_t type) {
  const Space scalar(H5Screate(H5S_SCALAR), "H5Screate");
  return {H5Acreate2(object, name.c_str(), type, scalar.id(), H5P_DEFAULT, H5P_DEFAULT),
          "H5Acreate2"};
}

void write_scalar(hid_t object, const std::string& name, hid_t stored, hid_t native,
                  const void* value) {
  const Attribute attribute = create_attribute(object, name, stored);
  check(H5Awrite(attribute.id(), native, value), "H5Awrite");
}

// An attribute of one element: what says it has more would be read over the end of a scalar.
Attribute open_attribute(hid_t object, const std::string& name) {
  Attribute attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), "H5Aopen");
  const Space space(H5Aget_space(attribute.id()), "H5Aget_space");
  if (check(H5Sget_simple_extent_npoints(space.id()), "H5Sget_simple_extent_npoints") != 1)
    throw Failure("attribute '" + name + "' is not one value");
  return attribute;
}

void read_scalar(hid_t object, const std::string& name, hid_t native, void* value) {
  const Attribute attribute = open_attribute(object, name);
  check(H5Aread(attribute.id(), native, value), "H5Aread");
}

Type text_type(std::size_t bytes) {
  Type type(H5Tcopy(H5T_C_S1), "H5Tcopy");
  check(H5Tset_size(type.id(), bytes), "H5Tset_size");
  check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

herr_t collect_dataset(hid_t, const char* name, const H5O_info_t* info, void* paths) {
  if (info->type == H5O_TYPE_DATASET)
    static_cast<std::vector<std::string>*>(paths)->push_back(name);
  return 0;
}

herr_t collect_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->push_back(name);
  return 0;
}

}  // namespace

void start() {
  static const bool first [[maybe_unused]] = H5dont_atexit() >= 0;
  // The error stack, and whether it prints, is per thread.
  thread_local const bool quiet [[maybe_unused]] = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
}

namespace {

thread_local std::optional<Failure> failed_close;

Failure library_failure(const char* call) {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text);
  const int error = system_error(text);
  text = system_message(text);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return Failure(text.empty() ? std::string(call) + " failed" : text + " (" + call + ")", error);
}

}  // namespace

void raise(const char* call) { throw library_failure(call); }

void note_failed_close() {
  if (!failed_close) failed_close = library_failure("close");
}
void forget_failed_closes() { failed_close.reset(); }
void check_closes() {
  if (failed_close) throw *failed_close;
}

void keep_attributes_together(const PropertyList& creation) {
  check(H5Pset_attr_phase_change(creation.id(), 32, 30), "H5Pset_attr_phase_change");
}

File create_file(const std::string& path, const CreateOptions& options) {
  start();
  const PropertyList creation(H5Pcreate(H5P_FILE_CREATE), "H5Pcreate");
  check(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  if (options.user_block)
    check(H5Pset_userblock(creation.id(), options.user_block), "H5Pset_userblock");
  if (options.live) {
    check(H5Pset_file_space_strategy(creation.id(), H5F_FSPACE_STRATEGY_PAGE, false, 1),
          "H5Pset_file_space_strategy");
    check(H5Pset_file_space_page_size(creation.id(), 4096), "H5Pset_file_space_page_size");
  } else {
    keep_attributes_together(creation);
  }
  const PropertyList access = file_access(true);
  if (options.live) keep_cache_small(access);
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), "H5Fcreate"};
}

File create_file_in_memory() {
  start();
  const PropertyList access = file_access(false);
  check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110),
        "H5Pset_libver_bounds");
  check(H5Pset_fapl_core(access.id(), 1 << 16, false), "H5Pset_fapl_core");
  static std::atomic<int> made = 0;  // two of one name would be one file
  const std::string name = "in memory " + std::to_string(++made);
  return {H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), "H5Fcreate"};
}

File open_file(const std::string& path, bool live) {
  start();
  struct stat status {};  // a pipe would wait for someone to write into it
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    throw Failure("it is a pipe, a device or a directory");
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY | (live ? H5F_ACC_SWMR_READ : 0u),
                  file_access(false).id()),
          "H5Fopen"};
}

Group make_groups(hid_t location, const std::string& path) {
  if (path.empty()) return {H5Gopen2(location, ".", H5P_DEFAULT), "H5Gopen2"};
  const PropertyList creation(H5Pcreate(H5P_GROUP_CREATE), "H5Pcreate");
  check(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  Group group(H5Gopen2(location, ".", H5P_DEFAULT), "H5Gopen2");
  std::size_t begin = 0;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    begin = end + 1;
    if (name.empty()) continue;
    const bool known = check(H5Lexists(group.id(), name.c_str(), H5P_DEFAULT), "H5Lexists") > 0;
    group =
        known ? Group(H5Gopen2(group.id(), name.c_str(), H5P_DEFAULT), "H5Gopen2")
              : Group(H5Gcreate2(group.id(), name.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                      "H5Gcreate2");
  }
  return group;
}

namespace {

// The group that "group/name" is to be in, and its name there.
std::pair<Group, std::string> place_of(hid_t location, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {make_groups(location, ""), path};
  return {make_groups(location, path.substr(0, slash)), path.substr(slash + 1)};
}

}  // namespace

Dataset create_dataset(hid_t location, const std::string& path, hid_t type, const Space& space,
                       const PropertyList& creation) {
  const auto [group, name] = place_of(location, path);
  const PropertyList plain = creation ? PropertyList() : dataset_creation();
  return {H5Dcreate2(group.id(), name.c_str(), type, space.id(), H5P_DEFAULT,
                     creation ? creation.id() : plain.id(), H5P_DEFAULT),
          "H5Dcreate2"};
}

void copy(hid_t source, const std::string& from, hid_t location, const std::string& path) {
  const auto [group, name] = place_of(location, path);
  check(H5Ocopy(source, from.c_str(), group.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        "H5Ocopy");
}

Dataset open_dataset(hid_t location, const std::string& path) {
  return {H5Dopen2(location, path.c_str(), H5P_DEFAULT), "H5Dopen2"};
}

PropertyList dataset_creation() {
  PropertyList creation(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate");
  check(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  return creation;
}

Space simple_space(const std::vector<hsize_t>& extents, const std::vector<hsize_t>& maximum) {
  if (extents.empty()) return {H5Screate(H5S_SCALAR), "H5Screate"};
  return {H5Screate_simple(static_cast<int>(extents.size()), extents.data(),
                           maximum.empty() ? nullptr : maximum.data()),
          "H5Screate_simple"};
}

std::vector<hsize_t> extents(const Dataset& dataset) {
  const Space space(H5Dget_space(dataset.id()), "H5Dget_space");
  const int rank = check(H5Sget_simple_extent_ndims(space.id()), "H5Sget_simple_extent_ndims");
  std::vector<hsize_t> result(static_cast<std::size_t>(rank));
  check(H5Sget_simple_extent_dims(space.id(), result.data(), nullptr), "H5Sget_simple_extent_dims");
  return result;
}

std::vector<std::string> dataset_paths(hid_t location) {
  std::vector<std::string> paths;
  check(H5Ovisit2(location, H5_INDEX_NAME, H5_ITER_INC, collect_dataset, &paths, H5O_INFO_BASIC),
        "H5Ovisit2");
  return paths;
}

void write_fixed_text(hid_t object, const std::string& name, const std::string& text) {
  const Type type = text_type(text.size() + 1);
  write_scalar(object, name, type.id(), type.id(), text.c_str());
}

void write_text(hid_t object, const std::string& name, const std::string& text) {
  const Type type = text_type(H5T_VARIABLE);
  const char* value = text.c_str();
  write_scalar(object, name, type.id(), type.id(), &value);
}

void write_number(hid_t object, const std::string& name, std::uint64_t value) {
  write_scalar(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &value);
}

void write_signed(hid_t object, const std::string& name, std::int64_t value) {
  write_scalar(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void write_real(hid_t object, const std::string& name, double value) {
  write_scalar(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

std::string read_text(hid_t object, const std::string& name) {
  const Attribute attribute = open_attribute(object, name);
  const Type type(H5Aget_type(attribute.id()), "H5Aget_type");
  if (H5Tget_class(type.id()) != H5T_STRING) throw Failure("attribute '" + name + "' is not text");
  if (check(H5Tis_variable_str(type.id()), "H5Tis_variable_str") == 0) {
    std::string text(H5Tget_size(type.id()), '\0');
    check(H5Aread(attribute.id(), type.id(), text.data()), "H5Aread");
    return text.c_str();
  }
  char* value = nullptr;
  check(H5Aread(attribute.id(), type.id(), &value), "H5Aread");
  const std::string text = value ? value : "";
  H5free_memory(value);
  return text;
}

std::uint64_t read_number(hid_t object, const std::string& name) {
  std::uint64_t value = 0;
  read_scalar(object, name, H5T_NATIVE_UINT64, &value);
  return value;
}

std::int64_t read_signed(hid_t object, const std::string& name) {
  std::int64_t value = 0;
  read_scalar(object, name, H5T_NATIVE_INT64, &value);
  return value;
}

std::vector<std::string> attribute_names(hid_t object) {
  std::vector<std::string> names;
  hsize_t position = 0;
  check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, collect_attribute, &names),
        "H5Aiterate2");
  return names;
}

}  // namespace ganflow::hdf5
