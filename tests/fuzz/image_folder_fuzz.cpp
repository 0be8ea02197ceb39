// Two images, cut from the bytes, cropped and resized.
#include "fuzz_file.h"
#include "io/data/image_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  if (size < 5) return 0;
  const std::string folder = fuzz::directory() + "/images";
  std::filesystem::create_directories(folder);
  const std::size_t cut = 5 + (data[0] | data[1] << 8) % (size - 4);
  fuzz::file_of({data + 5, cut - 5}, "images/a.png");
  if (cut < size)
    fuzz::file_of({data + cut, size - cut}, "images/b.jpg");
  else
    std::filesystem::remove(folder + "/b.jpg");
  const ImageFolder options{.side = data[2] % 40, .crop = data[3] % 80, .channels = data[4] % 5};
  fuzz::only_sentences([&] { read_image_folder(folder, options); });
  return 0;
}
