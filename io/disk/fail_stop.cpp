#include "io/disk/fail_stop.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "io/disk/hdf5.h"

namespace ganflow::hdf5 {
namespace {

struct StopFile : H5FD_t {
  int fd = -1;
  haddr_t eoa = 0, eof = 0;  // ends of what is allocated, of what is there
  int failure = 0;           // errno of the first write that failed
};

StopFile& of(H5FD_t* file) { return *static_cast<StopFile*>(file); }
const StopFile& of(const H5FD_t* file) { return *static_cast<const StopFile*>(file); }

herr_t complain(const char* call, int error) {
  H5Epush2(H5E_DEFAULT, __FILE__, call, __LINE__, H5E_ERR_CLS, H5E_IO, H5E_WRITEERROR,
           "%s: errno = %d, error message = '%s'", call, error, std::strerror(error));
  return -1;
}

// The library may never close the file: its descriptor and its room on the disk go now.
herr_t stop(StopFile& file, const char* call) {
  file.failure = errno;
  ::close(std::exchange(file.fd, -1));
  return complain(call, file.failure);
}

H5FD_t* open_file(const char* name, unsigned flags, hid_t, haddr_t) {
  const int how = (flags & H5F_ACC_RDWR ? O_RDWR : O_RDONLY) |
                  (flags & H5F_ACC_TRUNC ? O_TRUNC : 0) | (flags & H5F_ACC_CREAT ? O_CREAT : 0) |
                  (flags & H5F_ACC_EXCL ? O_EXCL : 0) | O_NOFOLLOW | O_CLOEXEC;
  const int fd = ::open(name, how, 0666);
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) {
    complain("open", errno);
    if (fd >= 0) ::close(fd);
    return nullptr;
  }
  auto* file = new StopFile{};
  file->fd = fd;
  file->eof = static_cast<haddr_t>(status.st_size);
  return file;
}

herr_t close_file(H5FD_t* file) {
  const int result = of(file).failure ? 0 : ::close(of(file).fd);
  const int error = errno;
  delete &of(file);
  return result == 0 ? 0 : complain("close", error);
}

// Every opening is a file of its own: one that failed is never taken for a later one.
int compare(const H5FD_t* a, const H5FD_t* b) { return a < b ? -1 : a > b; }

herr_t features(const H5FD_t*, unsigned long* flags) {  // those of the default driver
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_POSIX_COMPAT_HANDLE |
           H5FD_FEAT_SUPPORTS_SWMR_IO | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t eoa(const H5FD_t* file, H5FD_mem_t) { return of(file).eoa; }
haddr_t eof(const H5FD_t* file, H5FD_mem_t) { return of(file).eof; }
herr_t set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t to) {
  of(file).eoa = to;
  return 0;
}

herr_t handle(H5FD_t* file, hid_t, void** to) {
  *to = &of(file).fd;
  return 0;
}

herr_t read_bytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t bytes, void* to) {
  auto* next = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t n = ::pread(of(file).fd, next, bytes, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return complain("pread", errno);
    if (n == 0) {
      std::memset(next, 0, bytes);  // what is allocated and was not written yet
      return 0;
    }
    next += n;
    at += static_cast<haddr_t>(n);
    bytes -= static_cast<std::size_t>(n);
  }
  return 0;
}

herr_t write_bytes(H5FD_t* to, H5FD_mem_t, hid_t, haddr_t at, std::size_t bytes, const void* from) {
  StopFile& file = of(to);
  if (file.failure) return complain("pwrite", file.failure);
  const auto* next = static_cast<const char*>(from);
  while (bytes > 0) {
    const ssize_t n = ::pwrite(file.fd, next, bytes, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return stop(file, "pwrite");
    next += n;
    at += static_cast<haddr_t>(n);
    bytes -= static_cast<std::size_t>(n);
  }
  file.eof = std::max(file.eof, at);
  return 0;
}

herr_t truncate(H5FD_t* to, hid_t, hbool_t) {
  StopFile& file = of(to);
  if (file.eoa == file.eof) return 0;
  if (file.failure) return complain("ftruncate", file.failure);
  if (::ftruncate(file.fd, static_cast<off_t>(file.eoa)) != 0) return stop(file, "ftruncate");
  file.eof = file.eoa;
  return 0;
}

herr_t lock(H5FD_t* file, hbool_t writing) {
  if (::flock(of(file).fd, (writing ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 || errno == ENOSYS)
    return 0;
  return complain("flock", errno);
}

herr_t unlock(H5FD_t* file) {
  if (of(file).failure || ::flock(of(file).fd, LOCK_UN) == 0 || errno == ENOSYS) return 0;
  return complain("flock", errno);
}

hid_t register_driver() {
  static const H5FD_mem_t kKinds[] = H5FD_FLMAP_DICHOTOMY;
  H5FD_class_t driver{};
  driver.name = "fail_stop";
  driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<off_t>::max());
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.open = open_file;
  driver.close = close_file;
  driver.cmp = compare;
  driver.query = features;
  driver.get_eoa = eoa;
  driver.set_eoa = set_eoa;
  driver.get_eof = eof;
  driver.get_handle = handle;
  driver.read = read_bytes;
  driver.write = write_bytes;
  driver.truncate = truncate;
  driver.lock = lock;
  driver.unlock = unlock;
  std::copy(std::begin(kKinds), std::end(kKinds), driver.fl_map);
  return check(H5FDregister(&driver), "H5FDregister");
}

}  // namespace

void set_fail_stop_driver(hid_t access) {
  static const hid_t driver = register_driver();
  check(H5Pset_driver(access, driver, nullptr), "H5Pset_driver");
}

}  // namespace ganflow::hdf5
