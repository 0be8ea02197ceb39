#include "io/disk/durable.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "engine/error.h"
#include "io/disk/hdf5.h"

namespace ganflow {
namespace {

namespace fs = std::filesystem;

const char* advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free its disk or choose another --out";
    case EACCES:
    case EPERM:
    case EROFS:
      return "make it writable or choose another --out";
    case EFBIG:
      return "raise the limit of a file's size (ulimit -f) or choose another --out";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    case 0:
      return "the cause is what was to be written, not the disk";
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
      return "choose another --out";
    default:
      return "look after its disk or choose another --out";
  }
}

std::string parent_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

void sync_path(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.fd()) != 0) cannot_write(path, errno);
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

void cannot_write(const std::string& path, const std::string& reason, int error) {
  fail(Fault::output, "{} cannot be written: {}; {}", path, reason, advice(error));
}

void cannot_write(const std::string& path, int error) {
  cannot_write(path, std::strerror(error), error);
}

Unreadable::Unreadable(const std::string& path, const std::string& why)
    : Error(Fault::input, fmt::format("{} cannot be read: {}", path, why)) {}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

void put_in_place(const std::string& temporary, const std::string& path, bool sync) {
  if (sync) sync_path(temporary, O_RDONLY);
  if (::rename(temporary.c_str(), path.c_str()) != 0) cannot_write(path, errno);
  sync_path(parent_of(path), O_RDONLY | O_DIRECTORY);
}

std::string temporary_name(const std::string& path) {
  return fmt::format("{}/.{}.tmp", parent_of(path), fs::path(path).filename().string());
}

void write_durably(const std::string& path,
                   const std::function<void(const std::string& temporary)>& write) {
  const std::string temporary = temporary_name(path);
  ::unlink(temporary.c_str());  // of a writer that died, or a link that would lead elsewhere
  try {
    write(temporary);
    put_in_place(temporary, path);
  } catch (const hdf5::Failure& failure) {
    ::unlink(temporary.c_str());
    cannot_write(path, failure.what(), failure.error());
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void write_durably(const std::string& path, std::span<const std::byte> bytes) {
  write_durably(path, [&](const std::string& temporary) {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file.valid()) cannot_write(path, errno);
    while (!bytes.empty()) {
      const ssize_t n = ::write(file.fd(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) cannot_write(path, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  });
}

void make_directory(const std::string& path) {
  std::vector<std::string> parents;  // of those that are made: their new names are to last
  std::error_code error;
  for (std::string made = path; !made.empty() && !fs::exists(made, error); made = parents.back()) {
    parents.push_back(parent_of(made));
    if (parents.back() == made) break;
  }
  fs::create_directories(path, error);
  if (error)
    fail(Fault::output, "directory {} cannot be created: {}; choose another --out", path,
         error.message());
  for (const std::string& parent : parents) sync_path(parent, O_RDONLY | O_DIRECTORY);
}

void make_directories_below(const std::string& top, const std::vector<std::string>& names) {
  std::set<std::string> parents;  // of those that are made
  for (const std::string& name : names) {
    std::string made = top;
    for (const fs::path& part : fs::path(name)) {
      const std::string parent = std::exchange(made, made + "/" + part.string());
      if (::mkdir(made.c_str(), 0777) == 0)
        parents.insert(parent);
      else if (errno != EEXIST)
        cannot_write(made, errno);
    }
  }
  for (const std::string& parent : parents) sync_path(parent, O_RDONLY | O_DIRECTORY);
}

bool exists(const std::string& path) {
  std::error_code error;
  const bool there = fs::exists(path, error);
  if (error) throw Unreadable(path, error.message());
  return there;
}

void require_no_link(const std::string& directory) {
  std::error_code error;
  if (fs::is_symlink(directory, error) && fs::is_directory(directory, error))
    fail(Fault::output,
         "{} is a link, which is not followed where something is written; put the directory itself "
         "there",
         directory);
}

std::vector<std::string> directory_entries(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator i(path, error), end; !error && i != end; i.increment(error))
    names.push_back(i->path().filename().string());
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    throw Unreadable(path, error.message());
  std::sort(names.begin(), names.end());
  return names;
}

// `how`: LOCK_EX or LOCK_SH.
void RunLock::hold(const std::string& run, int how) {
  path_ = run + "/run.lock";
  const std::string& path = path_;
  if (!file_.valid())
    file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file_.valid() && errno == ELOOP)
    cannot_write(path, "it is a link, which is not followed where something is written", ELOOP);
  if (!file_.valid()) cannot_write(path, errno);
  if (::flock(file_.fd(), how | LOCK_NB) == 0) return;
  if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK)
    fail(Fault::output,
         "{} cannot be locked: {}: two writers of one run could not be told apart; mount its file "
         "system with locks (Lustre: -o flock) or choose an --out on another",
         path, std::strerror(errno));
  if (errno != EWOULDBLOCK) cannot_write(path, errno);
  char text[512] = "";
  const ssize_t n = ::pread(file_.fd(), text, sizeof text - 1, 0);
  text[std::max<ssize_t>(n, 0)] = 0;
  long pid = 0;
  char host[256] = "";
  const bool known = std::sscanf(text, "pid %ld host %255s", &pid, host) == 2;
  fail(Fault::busy, "run directory {} is in use by {}; wait until it ends or choose another --out",
       run, known ? fmt::format("pid {} on host {}", pid, host) : "another process");
}

RunLock::RunLock(const std::string& run) {
  hold(run, LOCK_EX);
  const std::string holder = fmt::format("pid {} host {}\n", ::getpid(), host_name());
  if (::ftruncate(file_.fd(), 0) != 0 ||
      ::pwrite(file_.fd(), holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size()))
    cannot_write(path_, errno);
}

void RunLock::share() { hold(parent_of(path_), LOCK_SH); }

RunLock RunLock::join(const std::string& run) {
  RunLock lock;
  lock.hold(run, LOCK_SH);
  return lock;
}

void RunLock::require_in_place() const {
  struct stat own {
  }, there{};
  if (::fstat(file_.fd(), &own) != 0 || ::stat(path_.c_str(), &there) != 0)
    cannot_write(path_, errno);
  if (own.st_ino != there.st_ino || own.st_dev != there.st_dev)
    fail(Fault::busy,
         "run directory {} is another run's by now: this run's was moved or removed; nothing more "
         "is written, and --resume goes on where it was moved to",
         parent_of(path_));
}

}  // namespace ganflow
