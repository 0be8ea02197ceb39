// Tests of the flow graph on the recorded driver: GANFLOW_TEST_DEVICE=cuda.
#include "support/recorded_driver.h"
#include "support/toy_flow.h"

namespace ganflow::test {
namespace {

[[maybe_unused]] const bool kAdded = add_test_device({"cuda", &recorded_device, &recorded});

}  // namespace
}  // namespace ganflow::test
