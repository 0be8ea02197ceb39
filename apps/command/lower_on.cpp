#include "apps/command/lower_on.h"

#include "apps/command/say.h"
#include "engine/error.h"

namespace ganflow::cli {

std::shared_ptr<const Device> lower_on(std::shared_ptr<const Device> device, bool automatic,
                                       const std::function<void(const Device&)>& lower) {
  const std::shared_ptr<const Device> cpu = open_device("cpu");
  if (!automatic || device == cpu) {
    lower(*device);
    return device;
  }
  std::string why;
  try {
    lower(*device);
  } catch (const Error& e) {
    why = e.what();
  }
  if (why.empty()) {
    say("device {}\n", device->name());
    return device;
  }
  lower(*cpu);  // what is wrong on every device is said here
  say(stderr, "device cpu, not {}: {}\n", device->name(), why);
  return cpu;
}

}  // namespace ganflow::cli
