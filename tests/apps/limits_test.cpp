// What the command does where the system gives it too little, or forbids it something.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <vector>

#include "apps/command/signals.h"
#include "io/disk/child.h"
#include "io/run/run_index.h"
#include "support/command.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // they set terabytes of address space aside
#else
constexpr bool kSanitized = false;
#endif

// No limit on processes is root's: as nobody, with `more` threads beyond those it has.
std::string with_threads(int more) {
  return (::geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : "") +
         fmt::format(
             "sh -c 'exec prlimit --nproc=$(( $(find /proc/[0-9]*/task -mindepth 1 "
             "-maxdepth 1 -user $(id -u) 2>/dev/null | wc -l) + {} )) {} ",
             more, GANFLOW_COMMAND);
}

// As MemoryDenyWriteExecute of systemd does: no page becomes executable but those of files.
bool forbid_made_code() {
  const auto load = [](std::size_t at) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(at));
  };
  const auto when = [](unsigned short how, unsigned value, unsigned char yes, unsigned char no) {
    return sock_filter BPF_JUMP(static_cast<unsigned short>(BPF_JMP | how | BPF_K), value, yes, no);
  };
  const auto end = [](unsigned how) { return sock_filter BPF_STMT(BPF_RET | BPF_K, how); };
  std::vector<sock_filter> program = {
      load(offsetof(seccomp_data, nr)),
      when(BPF_JEQ, SYS_mprotect, 3, 0),
      when(BPF_JEQ, SYS_mmap, 0, 4),
      load(offsetof(seccomp_data, args[3])),
      when(BPF_JSET, MAP_ANONYMOUS, 0, 2),
      load(offsetof(seccomp_data, args[2])),  // what may be done with the pages, in both
      when(BPF_JSET, PROT_EXEC, 1, 0),
      end(SECCOMP_RET_ALLOW),
      end(SECCOMP_RET_ERRNO | EACCES)};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

TEST_SUITE("limits") {
  // Was: TBB ended the process, "terminate called ...", where a worker could not be made.
  TEST_CASE("too few threads are a sentence" * doctest::skip(kSanitized)) {
    const TemporaryDirectory dir;
    std::filesystem::permissions(dir.path(), std::filesystem::perms::all);
    int refused = 0, done = 0;
    for (int more = 1; more <= 12; ++more) {
      const Outcome found =
          shell(with_threads(more) + fmt::format("train toy-8gaussians --steps 3 --batch 16 --set "
                                                 "generator=16 --set critic=16 --threads 8 --out "
                                                 "{}/{}'",
                                                 dir.path(), more));
      CAPTURE(more);
      CAPTURE(found.output);
      done += found.exit_code == 0;
      if (found.exit_code == 0) continue;
      ++refused;
      CHECK(found.exit_code == 2);
      CHECK(found.output.find("no more threads can be made; raise ulimit -u or -v, or take fewer, "
                              "--threads 1\n") != std::string::npos);
    }
    CHECK(refused > 3);
    CHECK(done > 0);
  }

  // Was: SIGSEGV in libxsmm, in HDF5, or when the flow graph was taken apart.
  TEST_CASE("too little address space is a sentence" * doctest::skip(kSanitized)) {
    const TemporaryDirectory dir;
    int refused = 0;
    for (int mib = 64; mib <= 512; mib += 24) {
      const Outcome found = command(fmt::format("{} --steps 3 --out {}/{}", kTiny, dir.path(), mib),
                                    fmt::format("ulimit -v {};", mib * 1024));
      CAPTURE(mib);
      CAPTURE(found.output);
      if (found.exit_code == 0 || found.exit_code == 127) continue;  // 127: of the loader
      ++refused;
      CHECK(found.exit_code == 2);
      CHECK((found.output.find("or raise ulimit -v\n") != std::string::npos ||
             found.output.find("raise ulimit -u or -v") != std::string::npos));
    }
    CHECK(refused > 0);
    CHECK(command(kTiny + "--steps 3 --out " + (dir / "enough"), "ulimit -v 2000000;").exit_code ==
          0);
  }

  // Was: SIGSEGV without a word, as libxsmm's code lay where none may run.
  TEST_CASE("without executable memory products run on loops") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const ChildOutcome outcome = in_child(120, [&] {
      if (!forbid_made_code()) return std::string("no filter");
      const Outcome found = command(kTiny + "--steps 20 --out " + run);
      return fmt::format("{}: {}", found.exit_code, found.output);
    });
    CAPTURE(outcome.text);
    CHECK(outcome.ok);
    CHECK(outcome.text.starts_with("0: "));
    CHECK(left_by(run, 0).step == 20);
    CHECK(read_run_index(run).info.instructions.ends_with(", no generated code"));
    // Said, since the bits differ.
    says(command("train --steps 40 --resume " + run), "no generated code");
  }

  // Was: `terminate` without a commit, since a thread was to print that the run stops.
  TEST_CASE("a stop signal where no thread can be made stops the run") {
    const pid_t child = ::fork();
    if (child == 0) {
      bool stopped = false;
      {
        const cli::StopOnSignal stop;
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_NPROC, &none) != 0) ::_exit(1);
        if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
        ::kill(::getpid(), SIGTERM);
        for (int waited = 0; !stop.flag() && waited < 5000; ++waited) ::usleep(1000);
        ::usleep(50000);  // for what is said
        stopped = stop.flag();
      }
      ::_exit(stopped ? 7 : 3);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
  }
}
