// --config files, with all that is parsed of what they say.
#include "apps/command/config.h"
#include "apps/command/options.h"
#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  using namespace ganflow::cli;
  const std::string path = fuzz::file_of({data, size}, "config.toml");
  const fuzz::CpuLimit limit(fuzz::kInputSeconds);
  try {  // sentences repeat what the file says, line ends and all
    RunOptions options;
    for (const ConfigFlag& flag : read_config(path)) {
      options.set = flag.values;
      members(options, "wgan");
      for (const std::string& value : flag.values) parse_checkpoint_every(value);
    }
  } catch (const Error&) {
  }
  return 0;
}
