// Checkpoints, rows files and run.h5 of any bytes.
#include "fuzz_file.h"
#include "io/run/checkpoint.h"
#include "io/run/rows_file.h"
#include "io/run/run_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size}, "run.h5");
  fuzz::only_sentences([&] { read_checkpoint(path); });
  fuzz::only_sentences([&] { read_rows_span(path); });
  fuzz::only_sentences([&] { read_run_index(fuzz::directory()); });
  return 0;
}
