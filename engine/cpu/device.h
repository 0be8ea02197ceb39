// The CPU of this machine as a device: host memory, immediate queues.
#pragma once

#include "engine/device/device.h"

namespace ganflow::cpu {

Backend backend();

}  // namespace ganflow::cpu
