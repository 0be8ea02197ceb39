#include "support/image_files.h"

#include <doctest/doctest.h>
#include <turbojpeg.h>
#include <zlib.h>

#include "support/run_example.h"

namespace ganflow::test {

std::vector<char> gzip(const std::vector<char>& bytes, int level) {
  std::vector<char> out(bytes.size() + bytes.size() / 1000 + 1000);
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::vector<char> idx_bytes(std::uint32_t magic, std::vector<std::uint32_t> extents,
                            std::size_t elements) {
  std::vector<char> bytes;
  extents.insert(extents.begin(), magic);
  for (const std::uint32_t word : extents)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(word >> shift));
  for (std::size_t i = 0; i < elements; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

std::vector<char> cifar_records(int records) {
  std::vector<char> bytes;
  for (int i = 0; i < records; ++i) {
    const int label = i % 10;
    bytes.push_back(static_cast<char>(label));
    for (int plane = 0; plane < 3; ++plane)
      bytes.insert(bytes.end(), 32 * 32, static_cast<char>(20 * label + plane));
  }
  return bytes;
}

Pixels flat_picture(Extent height, Extent width, Extent channels, int level) {
  Pixels pixels{height, width, channels, {}};
  for (Extent i = 0; i < height * width * channels; ++i)
    pixels.data.push_back(static_cast<std::uint8_t>(level + i % channels));
  return pixels;
}

void write_jpeg(const std::string& path, const Pixels& pixels) {
  const tjhandle encoder = tjInitCompress();
  unsigned char* file = nullptr;
  unsigned long bytes = 0;
  const bool gray = pixels.channels == 1;
  REQUIRE(tjCompress2(encoder, pixels.data.data(), static_cast<int>(pixels.width), 0,
                      static_cast<int>(pixels.height), gray ? TJPF_GRAY : TJPF_RGB, &file, &bytes,
                      gray ? TJSAMP_GRAY : TJSAMP_444, 100, 0) == 0);
  write_bytes(path, {file, file + bytes});
  tjFree(file);
  tjDestroy(encoder);
}

const std::string& cifar_root() {
  static const TemporaryDirectory root;
  static const bool made = [] {
    std::filesystem::create_directory(root / "cifar-10");
    write_bytes(root / "cifar-10/data_batch_1.bin", cifar_records(10000));
    return true;
  }();
  (void)made;
  return root.path();
}

std::string cifar_data() { return "cifar10:" + cifar_root() + "/cifar-10"; }

}  // namespace ganflow::test
