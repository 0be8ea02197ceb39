#include "io/disk/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>

#include "io/disk/durable.h"

namespace ganflow {
namespace {

// Version 1.0 of the format: magic, length of the header, a Python literal padded to 64 bytes.
std::string npy_header(const NpzArray& array) {
  std::string shape;
  for (int axis = 0; axis < array.shape.rank(); ++axis)
    shape += fmt::format("{},", array.shape[axis]);
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", array.type, shape);
  constexpr std::size_t kBefore = 10, kAlign = 64;
  text.append(kAlign - (kBefore + text.size() + 1) % kAlign, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

std::string npy(const NpzArray& array) {
  std::string file = npy_header(array);
  file.append(reinterpret_cast<const char*>(array.data.data()), array.data.size());
  return file;
}

void add(zip_t* archive, const std::string& path, const std::string& name,
         const std::string& bytes) {
  constexpr std::uint16_t kFirstDay = (1 << 5) | 1;  // 1 January 1980: equal arrays, equal bytes
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const zip_int64_t index =
      source ? zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0 ||
      zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, kFirstDay, 0) != 0)
    cannot_write(path, zip_strerror(archive), zip_error_code_system(zip_get_error(archive)));
}

}  // namespace

void write_npz(const std::string& path, const std::vector<NpzArray>& arrays) {
  std::vector<std::string> files;  // libzip reads them when it closes
  for (const NpzArray& array : arrays) files.push_back(npy(array));
  write_durably(path, [&](const std::string& temporary) {
    int error = 0;
    std::unique_ptr<zip_t, void (*)(zip_t*)> archive(
        zip_open(temporary.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error), zip_discard);
    if (!archive) {
      zip_error_t why;
      zip_error_init_with_code(&why, error);
      const std::string text = zip_error_strerror(&why);
      const int system = zip_error_code_system(&why);
      zip_error_fini(&why);
      cannot_write(path, text, system);
    }
    for (std::size_t i = 0; i < arrays.size(); ++i)
      add(archive.get(), path, arrays[i].name + ".npy", files[i]);
    if (zip_close(archive.get()) != 0)
      cannot_write(path, zip_strerror(archive.get()),
                   zip_error_code_system(zip_get_error(archive.get())));
    archive.release();
  });
}

}  // namespace ganflow
