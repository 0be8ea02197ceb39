// Loaded into the trainer with LD_PRELOAD: makes its n-th output operation fail, kills it there, or
// records what it writes. See shim_state.h.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include "shim_state.h"

namespace {

using namespace ganflow::faults;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

class Shim {
 public:
  Shim()
      : directory_(environment("GANFLOW_FAULT_DIR")),
        only_(environment("GANFLOW_FAULT_ONLY")),
        mode_(environment("GANFLOW_FAULT_MODE")),
        at_(std::strtoull(environment("GANFLOW_FAULT_AT"), nullptr, 10)),
        errno_(std::atoi(environment("GANFLOW_FAULT_ERRNO"))) {
    const int fd = static_cast<int>(
        ::syscall(SYS_openat, AT_FDCWD, environment("GANFLOW_FAULT_STATE"), O_RDWR));
    void* memory =
        fd < 0 ? MAP_FAILED
               : ::mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) std::abort();  // a fault test that injects nothing must not pass
    state_ = static_cast<SharedState*>(memory);
    if (mode_ == "record")
      log_ = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, environment("GANFLOW_FAULT_LOG"),
                                        O_WRONLY | O_CREAT | O_APPEND, 0644));
  }

  bool covers(std::string_view path) const {
    return !directory_.empty() &&
           (path.starts_with(directory_) ||
            (directory_.ends_with('/') && directory_.starts_with(path) &&
             path.size() + 1 == directory_.size())) &&
           path.find(only_) != std::string_view::npos;
  }

  // Before an operation. False: it is to fail with errno. `tear` writes a part of it.
  template <class Tear>
  bool begin(Tear&& tear) {
    const std::uint64_t n = ++state_->operations;
    if (mode_ == "slow") ::usleep(static_cast<useconds_t>(at_));
    if (mode_ == "stuck" && n == at_)
      for (;;) ::pause();
    if ((mode_ == "kill" || mode_ == "torn") && n == at_) {
      if (mode_ == "torn") tear();
      ::kill(::getpid(), SIGKILL);
      for (;;) ::pause();
    }
    if ((mode_ == "once" && n == at_) || (mode_ == "good" && n >= at_)) {
      ++state_->failed;
      errno = errno_;
      return false;
    }
    return true;
  }
  bool begin() {
    return begin([] {});
  }

  // Before a step of listing a directory. False: it is to fail with errno.
  bool list() {
    if (++state_->listings != at_ || mode_ != "listing") return true;
    ++state_->failed;
    errno = errno_;
    return false;
  }

  // How many of these bytes find room; if not all do, then errno says why.
  std::size_t room(std::uint64_t offset, std::size_t bytes) {
    if (mode_ != "room" || offset + bytes <= at_) return bytes;
    ++state_->failed;
    errno = errno_;
    return offset < at_ ? at_ - offset : 0;
  }

  void record(Operation operation, std::string_view path, std::uint64_t offset, const void* data,
              std::size_t bytes) {
    if (log_ < 0) return;
    const LogRecord head{operation, static_cast<std::uint32_t>(path.size()), offset, bytes};
    const std::lock_guard lock(mutex_);
    std::string text(reinterpret_cast<const char*>(&head), sizeof head);
    text += path;
    text.append(static_cast<const char*>(data), bytes);
    for (std::size_t done = 0; done < text.size();) {
      const long n = ::syscall(SYS_write, log_, text.data() + done, text.size() - done);
      if (n <= 0) std::abort();
      done += static_cast<std::size_t>(n);
    }
  }

  void synced(std::string_view path) {
    if (path.ends_with("/checkpoints")) ++state_->commits;
  }

 private:
  std::string directory_, only_, mode_;
  std::uint64_t at_;
  int errno_;
  SharedState* state_ = nullptr;
  int log_ = -1;
  std::mutex mutex_;
};

Shim& shim() {
  static Shim* const the = new Shim;  // outlives static destructors, which may write
  return *the;
}

std::string path_of(int fd) {
  char link[64], path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = ::readlink(link, path, sizeof path);
  return n > 0 ? std::string(path, static_cast<std::size_t>(n)) : std::string();
}

// As the kernel would say it of a descriptor: links of the directory resolved.
std::string path_of(const char* path) {
  const std::string_view text(path);
  const std::size_t slash = text.rfind('/');
  const std::string parent =
      slash == std::string_view::npos ? "." : std::string(text.substr(0, slash));
  char real[PATH_MAX];
  if (!::realpath(parent.c_str(), real)) return std::string(text);
  return std::string(real) + "/" + std::string(text.substr(slash + 1));
}

template <class Write>
ssize_t on_write(int fd, const void* data, std::size_t bytes, off64_t offset, Write&& write) {
  const std::string path = path_of(fd);
  if (!shim().covers(path)) return write(bytes);
  if (!shim().begin([&] { write(bytes / 2); })) return -1;
  const std::size_t room = shim().room(static_cast<std::uint64_t>(offset), bytes);
  if (room == 0 && bytes > 0) return -1;
  const ssize_t n = write(room);
  if (n > 0)
    shim().record(Operation::write, path, static_cast<std::uint64_t>(offset), data,
                  static_cast<std::size_t>(n));
  return n;
}

ssize_t on_pwrite(int fd, const void* data, std::size_t bytes, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
  return on_write(fd, data, bytes, offset,
                  [&](std::size_t part) { return real(fd, data, part, offset); });
}

int on_truncate(int fd, off64_t size) {
  static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
  const std::string path = path_of(fd);
  if (!shim().covers(path)) return real(fd, size);
  if (!shim().begin()) return -1;
  if (size > 0 && shim().room(static_cast<std::uint64_t>(size) - 1, 1) == 0) return -1;
  const int result = real(fd, size);
  if (result == 0)
    shim().record(Operation::truncate, path, static_cast<std::uint64_t>(size), nullptr, 0);
  return result;
}

int on_sync(int fd, int (*real)(int)) {
  const std::string path = path_of(fd);
  if (!shim().covers(path)) return real(fd);
  if (!shim().begin()) return -1;
  const int result = real(fd);
  if (result == 0) shim().synced(path);
  return result;
}

int on_open(const char* path, int flags, mode_t mode) {
  static const auto real = next<int (*)(const char*, int, ...)>("open64");
  if (!(flags & O_CREAT)) return real(path, flags);
  const std::string at = path_of(path);
  if (!shim().covers(at)) return real(path, flags, mode);
  if (!shim().begin()) return -1;
  const int fd = real(path, flags, mode);
  if (fd >= 0) shim().record(Operation::create, at, flags & O_TRUNC ? 1 : 0, nullptr, 0);
  return fd;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t bytes) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  return on_write(fd, data, bytes, ::lseek64(fd, 0, SEEK_CUR),
                  [&](std::size_t part) { return real(fd, data, part); });
}
ssize_t pwrite(int fd, const void* data, size_t bytes, off_t offset) {
  return on_pwrite(fd, data, bytes, offset);
}
ssize_t pwrite64(int fd, const void* data, size_t bytes, off64_t offset) {
  return on_pwrite(fd, data, bytes, offset);
}
int ftruncate(int fd, off_t size) noexcept { return on_truncate(fd, size); }
int ftruncate64(int fd, off64_t size) noexcept { return on_truncate(fd, size); }

// libpng writes through stdio.
size_t fwrite(const void* data, size_t size, size_t n, FILE* file) {
  static const auto real =
      next<std::size_t (*)(const void*, std::size_t, std::size_t, FILE*)>("fwrite");
  const std::string path = path_of(::fileno(file));
  if (!shim().covers(path)) return real(data, size, n, file);
  if (!shim().begin()) return 0;
  const auto offset = static_cast<std::uint64_t>(std::ftell(file));
  const std::size_t written = real(data, size, n, file);
  shim().record(Operation::write, path, offset, data, size * written);
  return written;
}

int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  return on_sync(fd, real);
}
int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return on_sync(fd, real);
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  const std::string source = path_of(from), target = path_of(to);
  if (!shim().covers(target)) return real(from, to);
  if (!shim().begin()) return -1;
  const int result = real(from, to);
  if (result == 0) shim().record(Operation::rename, source, 0, target.data(), target.size());
  return result;
}

// Not counted: what cannot be removed does no harm.
int unlink(const char* path) noexcept {
  static const auto real = next<int (*)(const char*)>("unlink");
  const std::string at = path_of(path);
  const int result = real(path);
  if (result == 0 && shim().covers(at)) shim().record(Operation::unlink, at, 0, nullptr, 0);
  return result;
}

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto real = next<int (*)(const char*, mode_t)>("mkdir");
  const std::string at = path_of(path);
  if (!shim().covers(at)) return real(path, mode);
  if (!shim().begin()) return -1;
  const int result = real(path, mode);
  if (result == 0) shim().record(Operation::directory, at, 0, nullptr, 0);
  return result;
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return on_open(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return on_open(path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
  static const auto real = next<FILE* (*)(const char*, const char*)>("fopen64");
  if (mode[0] != 'w') return real(path, mode);
  const std::string at = path_of(path);
  if (!shim().covers(at)) return real(path, mode);
  if (!shim().begin()) return nullptr;
  FILE* file = real(path, mode);
  if (file) shim().record(Operation::create, at, 1, nullptr, 0);
  return file;
}
FILE* fopen64(const char* path, const char* mode) { return ::fopen(path, mode); }

// How std::filesystem lists: its open() is no output, and fails as this does.
DIR* fdopendir(int fd) {
  static const auto real = next<DIR* (*)(int)>("fdopendir");
  return shim().covers(path_of(fd)) && !shim().list() ? nullptr : real(fd);
}
dirent* readdir(DIR* directory) {
  static const auto real = next<dirent* (*)(DIR*)>("readdir");
  return shim().covers(path_of(::dirfd(directory))) && !shim().list() ? nullptr : real(directory);
}

// What a reader sees after this is what the run promises to keep.
herr_t H5Fflush(hid_t file, H5F_scope_t scope) {
  static const auto real = next<herr_t (*)(hid_t, H5F_scope_t)>("H5Fflush");
  const herr_t result = real(file, scope);
  if (result >= 0) shim().record(Operation::flushed, "", 0, nullptr, 0);
  return result;
}

}  // extern "C"
