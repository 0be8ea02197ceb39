// Thin ownership over the HDF5 C API: handles close themselves, every call is checked, and what the
// library says about a failure becomes a C++ exception. Nothing here knows what a run is.
//
// HDF5 handles are used from one thread at a time.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ganflow::hdf5 {

// The library's innermost message. Whoever knows the file's purpose turns it into an Error.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& text, int error = 0)
      : std::runtime_error(text), error_(error) {}
  int error() const { return error_; }  // errno of the system call that failed, 0: none did

 private:
  int error_;
};

// First thing done in every thread that uses HDF5 (the functions below do it): no exit handler,
// which would crash after a full disk (H5dont_atexit must precede every other call), and no
// printing of the error stack.
void start();

[[noreturn]] void raise(const char* call);

template <class Result>
Result check(Result result, const char* call) {
  if (result < 0) raise(call);
  return result;
}

// Closing a dataset writes what the library still holds of it, so that a destructor can lose data
// without a word. It leaves one here, per thread: forget_failed_closes() before writing a file,
// check_closes() at its end throws Failure if there was one since.
void note_failed_close();
void forget_failed_closes();
void check_closes();

template <herr_t (*kClose)(hid_t)>
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, const char* call) : id_(check(id, call)) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0 && kClose(id_) < 0) note_failed_close();
  }
  hid_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  // Leaves the object open for good: closing a file whose disk is full would damage it.
  void abandon() { id_ = H5I_INVALID_HID; }
  // Closes and reports failure, which the destructor cannot.
  void close() {
    if (id_ >= 0) check(kClose(std::exchange(id_, H5I_INVALID_HID)), "close");
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using File = Handle<H5Fclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using PropertyList = Handle<H5Pclose>;
using Attribute = Handle<H5Aclose>;

struct CreateOptions {
  std::size_t user_block = 0;  // bytes before the superblock, a power of two >= 512
  bool live = false;           // 4 KiB pages: no metadata write of an appended file can tear
};

// Truncates. Format of HDF5 1.10, closing a file closes everything in it.
File create_file(const std::string& path, const CreateOptions& options = {});
// Gone with the handle, never on a disk.
File create_file_in_memory();
// Read only; `live` also opens a file that another process is appending to.
File open_file(const std::string& path, bool live = false);

// Creates missing groups of "a/b/c" and returns the last one; time stamps are off, so that equal
// contents are equal bytes.
Group make_groups(hid_t location, const std::string& path);
// The dataset at "group/name"; missing groups are made. `creation` may be empty.
Dataset create_dataset(hid_t location, const std::string& path, hid_t type, const Space& space,
                       const PropertyList& creation = {});
// The dataset `from` of one file at `path`, "group/name", of another, with its attributes; missing
// groups are made.
void copy(hid_t source, const std::string& from, hid_t location, const std::string& path);
Dataset open_dataset(hid_t location, const std::string& path);
PropertyList dataset_creation();  // time stamps off
// Attributes in the header of their object instead of in a heap with an index of its own, which
// costs more for a few dozen. Not in live files: what is written again as a table grows is to fit
// into a page. Files that are not live have it for their own.
void keep_attributes_together(const PropertyList& creation);
Space simple_space(const std::vector<hsize_t>& extents, const std::vector<hsize_t>& maximum = {});
std::vector<hsize_t> extents(const Dataset& dataset);
// Paths of all datasets below `location`, in name order.
std::vector<std::string> dataset_paths(hid_t location);

// Text as a fixed-length, NUL-terminated string: what PyTables and the image tools expect, and what
// a live reader sees whole.
void write_fixed_text(hid_t object, const std::string& name, const std::string& text);
// Text as a variable-length UTF-8 string: a str in h5py. Not for live files.
void write_text(hid_t object, const std::string& name, const std::string& text);
void write_number(hid_t object, const std::string& name, std::uint64_t value);
void write_signed(hid_t object, const std::string& name, std::int64_t value);
void write_real(hid_t object, const std::string& name, double value);
std::string read_text(hid_t object, const std::string& name);
std::uint64_t read_number(hid_t object, const std::string& name);
std::int64_t read_signed(hid_t object, const std::string& name);
std::vector<std::string> attribute_names(hid_t object);

}  // namespace ganflow::hdf5
