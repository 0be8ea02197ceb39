// Files that exist whole or not at all, and the lock that gives a run directory one writer.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace ganflow {

// Throws Error(output): "<path> cannot be written: <reason>; <what to do>". What to do follows from
// the errno; 0: no system call failed.
[[noreturn]] void cannot_write(const std::string& path, const std::string& reason, int error);
[[noreturn]] void cannot_write(const std::string& path, int error);  // the reason is the system's

// The system did not let a file or a directory be read (rights, descriptors, memory, its disk), or
// the library did not read what has the right seal: nothing says that it is damaged.
class Unreadable : public Error {
 public:
  Unreadable(const std::string& path, const std::string& why);
};

// `write` fills a temporary file in the same directory; then fsync, rename to `path`, fsync of the
// directory. Whatever goes wrong, `path` is the old or the new file, never a part of one, and the
// error is Error(output) naming `path`.
void write_durably(const std::string& path,
                   const std::function<void(const std::string& temporary)>& write);
void write_durably(const std::string& path, std::span<const std::byte> bytes);

// ".name.tmp" beside `path`: hidden, in the same directory, removed when a run is opened.
std::string temporary_name(const std::string& path);

// An open file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Renames a temporary file into place and makes the name durable. `sync` also makes the contents
// durable first.
void put_in_place(const std::string& temporary, const std::string& path, bool sync = true);

// With parents, and durable like them. Throws Error(output).
void make_directory(const std::string& path);
// top/name for each name, of one part or more; top itself is never made: it may have been moved
// away. Throws Error(output).
void make_directories_below(const std::string& top, const std::vector<std::string>& names);
bool exists(const std::string& path);  // Throws Unreadable if that cannot be known.
// Throws Error(output) if there is a link: what is written below it would go elsewhere.
void require_no_link(const std::string& directory);
// Names in a directory, sorted; empty if there is none. Throws Unreadable if it cannot be listed:
// what is in it is not known then.
std::vector<std::string> directory_entries(const std::string& path);

// One run's while it lives; the kernel releases it when the process dies, however it dies. Throws
// Error(busy) naming the holder's pid and host.
class RunLock {
 public:
  explicit RunLock(const std::string& run);

  // Other processes of this run may join() from here on: the run is in use until the last of them
  // is gone. Throws Error(busy) if another run came in between.
  void share();
  // Throws Error(busy) while one holds it that does not share.
  static RunLock join(const std::string& run);

  // Throws Error(busy) if the lock at the run's path is another one by now: the directory was moved
  // or removed and another run begun in its place. Error(output) if there is none.
  void require_in_place() const;

 private:
  RunLock() = default;
  void hold(const std::string& run, int how);

  std::string path_;  // of the lock
  Descriptor file_;
};

}  // namespace ganflow
