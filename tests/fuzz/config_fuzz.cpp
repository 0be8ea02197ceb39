// --config files, with all that is parsed of what they say.
#include "apps/command/command_line.h"
#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  std::string words[] = {"ganflow", "train", "thesis-28", "--config",
                         fuzz::file_of({data, size}, "config.toml")};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                  words[4].data()};
  try {  // sentences repeat what the file says, line ends and all
    const auto parsed = parse_command(5, argv);
    const Request* request = std::get_if<Request>(&parsed);
    if (!request) return 0;
    members(request->run);
    parse_checkpoint_every(request->run.checkpoint_every);
  } catch (const Error&) {
  }
  return 0;
}
