#include "apps/command/standard_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

namespace ganflow::cli {

void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0) {
      const int null = ::open("/dev/null", O_RDWR);  // the least number that is free
      if (null >= 0 && null != descriptor) ::close(null);
    }
}

}  // namespace ganflow::cli
