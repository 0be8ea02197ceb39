#include "support/image_files.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
// After <cstdio>, whose FILE it needs.
#include <jpeglib.h>

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

void write_jpeg(const std::string& path, const Pixels& pixels, const JpegKind& kind) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* file = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&jpeg, &file, &bytes);
  jpeg.image_width = static_cast<JDIMENSION>(pixels.width);
  jpeg.image_height = static_cast<JDIMENSION>(pixels.height);
  jpeg.input_components = static_cast<int>(pixels.channels);
  const bool cmyk = pixels.channels == 4;
  jpeg.in_color_space = pixels.channels == 1 ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg.comp_info[0].h_samp_factor = kind.across;
  jpeg.comp_info[0].v_samp_factor = kind.down;
  jpeg.write_Adobe_marker = static_cast<boolean>(kind.adobe);
  jpeg_start_compress(&jpeg, TRUE);
  if (!kind.exif.empty())
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(kind.exif.data()),
                      static_cast<unsigned>(kind.exif.size()));
  while (jpeg.next_scanline < jpeg.image_height) {
    auto row = const_cast<JSAMPROW>(pixels.data.data()) +
               jpeg.next_scanline * jpeg.image_width * static_cast<unsigned>(pixels.channels);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  write_bytes(path, {file, file + bytes});
  std::free(file);
}

std::string exif_block(int orientation) {
  std::string block("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 24);
  block += static_cast<char>(orientation);
  return block + std::string(7, '\0');  // the value's other bytes, no next directory
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
