// Whether code can be made while the program runs.
#pragma once

namespace ganflow::cpu {

// False where the system lets no memory that was written become executable (MemoryDenyWriteExecute
// of systemd, SELinux): what is generated there cannot run. Asked once.
bool may_make_code();

}  // namespace ganflow::cpu
