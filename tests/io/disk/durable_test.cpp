#include "io/disk/durable.h"

#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iterator>

#include "io/disk/child.h"
#include "io/disk/hdf5.h"
#include "io/disk/sealed.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("io");

// Was: a run moved away between a look at its place and a write was made anew there, empty.
TEST_CASE("directories are made below one that is there, which is not made") {
  const TemporaryDirectory directory;
  const std::string gone = directory / "gone";
  CHECK(error_of([&] {
          make_directories_below(gone, {"replica_000/rows"});
        }).starts_with("5 " + gone + "/replica_000 cannot be written: No such file"));
  CHECK_FALSE(exists(gone));
  std::filesystem::create_directory(gone);
  for (int again = 0; again < 2; ++again) make_directories_below(gone, {"replica_000/rows"});
  CHECK(std::filesystem::is_directory(gone + "/replica_000/rows"));
}

TEST_CASE("whatever failed, the advice was to free the disk") {
  const auto said = [](int error) { return error_of([&] { cannot_write("run/x.h5", error); }); };
  CHECK(said(ENOSPC) ==
        "5 run/x.h5 cannot be written: No space left on device; free its disk or choose another "
        "--out");
  CHECK(said(EDQUOT).ends_with("; free its disk or choose another --out"));
  CHECK(said(EACCES) ==
        "5 run/x.h5 cannot be written: Permission denied; make it writable or choose another "
        "--out");
  CHECK(said(EFBIG) ==
        "5 run/x.h5 cannot be written: File too large; raise the limit of a file's size (ulimit "
        "-f) or choose another --out");
  CHECK(said(EMFILE) ==
        "5 run/x.h5 cannot be written: Too many open files; raise the limit of open files (ulimit "
        "-n)");
  CHECK(said(EIO) ==
        "5 run/x.h5 cannot be written: Input/output error; look after its disk or choose another "
        "--out");
}

// Was: "run.lock cannot be written", "look after its disk"; Lustre without -o flock is such a
// place.
TEST_CASE("a run directory whose file system has no locks is refused and holds nothing more") {
  const TemporaryDirectory directory;
  const ChildOutcome outcome = in_child(60, [&] {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{std::size(program), program};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
      return std::string("no filter");
    return error_of([&] { RunDirectory(directory.path(), example_info()); });
  });
  if (outcome.text == "no filter") {
    MESSAGE("skipped: system calls cannot be filtered here");
    return;
  }
  CHECK(outcome.text ==
        "5 " + (directory / "run.lock") +
            " cannot be locked: Function not implemented: two writers of one run could not be told "
            "apart; mount its file system with locks (Lustre: -o flock) or choose an --out on "
            "another");
  CHECK(directory_entries(directory.path()) == std::vector<std::string>{"run.lock"});
}

// Was: "look after its disk" for names that are too long and for what the library refuses.
TEST_CASE("the disk is not blamed for what it has no part in") {
  for (const int error : {ENOENT, ENOTDIR, ENAMETOOLONG})
    CHECK(error_of([&] { cannot_write("run/x.h5", error); }).ends_with("; choose another --out"));
  CHECK(error_of([&] { cannot_write("run/run.h5", "object header message is too large", 0); }) ==
        "5 run/run.h5 cannot be written: object header message is too large; the cause is what was "
        "to be written, not the disk");
}

TEST_CASE("the system's error reaches the sentence through the HDF5 library") {
  const TemporaryDirectory directory;
  const std::string path = directory / "no/such/folder.h5";
  try {
    hdf5::create_file(path);
    FAIL("it was made");
  } catch (const hdf5::Failure& failure) {
    CHECK(failure.error() == ENOENT);
    CHECK(std::string(failure.what()).starts_with("No such file or directory ("));
  }
}

TEST_CASE("bytes are there whole or not at all") {
  const TemporaryDirectory directory;
  const std::string path = directory / "file";
  const std::vector<std::byte> bytes(100, std::byte{7});
  write_durably(path, bytes);
  CHECK(file_bytes(path) == std::vector<char>(100, 7));
  CHECK(!exists(temporary_name(path)));
  CHECK(error_of([&] { write_durably(directory / "no/file", bytes); }).starts_with("5 "));
}

// Was: what a link of that name led to was overwritten.
TEST_CASE("links are not followed where something is written") {
  const TemporaryDirectory dir;
  const std::string outside = dir / "outside";
  write_bytes(outside, {'m', 'i', 'n', 'e'});
  std::filesystem::create_symlink(outside, temporary_name(dir / "a"));
  write_durably(dir / "a", std::vector<std::byte>(7));
  CHECK(file_bytes(dir / "a").size() == 7);
  std::filesystem::create_directory(dir / "run");
  std::filesystem::create_symlink(outside, dir / "run/run.lock");
  CHECK(error_of([&] { RunLock lock(dir / "run"); }) ==
        "5 " + (dir / "run/run.lock") +
            " cannot be written: it is a link, which is not followed where something is written; "
            "choose another --out");
  CHECK(file_bytes(outside) == std::vector<char>{'m', 'i', 'n', 'e'});
}

// Was: waited for ever for someone to write into it.
TEST_CASE("a pipe is no file of a run") {
  const TemporaryDirectory dir;
  const std::string path = dir / "step_000000100.h5";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(error_of([&] { verify_seal(path); }) ==
        "6 " + path + " cannot be read: it is a pipe, a device or a directory");
  CHECK_THROWS_WITH_AS(hdf5::open_file(path), "it is a pipe, a device or a directory",
                       hdf5::Failure);
}

TEST_SUITE_END();
