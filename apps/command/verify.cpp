#include "apps/command/verify.h"

#include <fmt/format.h>

#include "apps/command/say.h"
#include "engine/error.h"
#include "io/run/verify.h"

namespace ganflow::cli {

int verify_command(const std::string& run) {
  int files = 0, unreadable = 0;
  const int damaged = verify_run(run, [&](const FileVerdict& verdict) {
    static constexpr const char* kWords[] = {"whole", "DAMAGED", "aside", "-", "UNREAD"};
    say("{:<8} {:<44} {}\n", kWords[static_cast<int>(verdict.kind)], shown(verdict.file),
        shown(verdict.text));
    std::fflush(stdout);  // before the next child is forked
    ++files;
    unreadable += verdict.kind == FileVerdict::Kind::unreadable;
  });
  say("{} files, {} damaged{}{}\n", files, damaged,
      unreadable ? fmt::format(", {} could not be read", unreadable) : "",
      damaged ? "; --resume goes on from what is whole" : "");
  return damaged || unreadable ? static_cast<int>(Fault::input) : 0;
}

}  // namespace ganflow::cli
