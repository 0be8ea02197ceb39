#include "gpu_check/gpu_case.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace ganflow::test {
namespace {

constexpr char kFormat[] = "ganflow gpu cases 1\n";

// One description of the format, walked to write it and to read it.
template <class Archive>
void walk(Archive& a, Bytes& x) {
  a(x.begin), a(x.bytes);
}
template <class Archive>
void walk(Archive& a, Leaf& x) {
  a(x.begin), a(x.size), a(x.crc), a(x.bytes);
}
template <class Archive>
void walk(Archive& a, CaseLaunch& x) {
  a(x.kernel), a(x.approximate), a(x.grid), a(x.threads), a(x.pointers), a(x.after), a(x.leaves);
}
template <class Archive>
void walk(Archive& a, GpuCase& x) {
  a(x.name), a(x.text), a(x.kernels), a(x.block_bytes), a(x.given), a(x.launches), a(x.left);
  a(x.off_float64);
}

template <class T>
constexpr bool kPlain = std::is_arithmetic_v<T> || std::is_same_v<T, std::byte>;

// Bytes that stand in many places, as the Variables that programs of a preset share, are written
// once: everywhere else stands which ones they are.
class Writer {
 public:
  explicit Writer(std::ostream& out) : out_(out) {}
  void operator()(std::vector<std::byte>& bytes) {
    const std::string key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto [known, fresh] = written_.try_emplace(key, written_.size());
    std::uint64_t number = known->second;
    (*this)(number);
    if (fresh) list(bytes);
  }
  template <class T>
  void operator()(T& x) {
    if constexpr (kPlain<T>)
      out_.write(reinterpret_cast<const char*>(&x), sizeof(T));
    else
      walk(*this, x);
  }
  template <class T>
  void operator()(std::vector<T>& all) {
    list(all);
  }
  void operator()(std::string& text) {
    std::uint64_t count = text.size();
    (*this)(count);
    out_.write(text.data(), static_cast<std::streamsize>(count));
  }

 private:
  template <class T>
  void list(std::vector<T>& all) {
    std::uint64_t count = all.size();
    (*this)(count);
    if constexpr (kPlain<T>)
      out_.write(reinterpret_cast<const char*>(all.data()),
                 static_cast<std::streamsize>(count * sizeof(T)));
    else
      for (T& x : all) (*this)(x);
  }

  std::ostream& out_;
  std::map<std::string, std::uint64_t> written_;
};

class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}
  template <class T>
  void operator()(T& x) {
    if constexpr (kPlain<T>)
      take(&x, sizeof(T));
    else
      walk(*this, x);
  }
  void operator()(std::vector<std::byte>& bytes) {
    std::uint64_t number = 0;
    (*this)(number);
    if (number == known_.size()) {
      list(bytes);
      known_.push_back(bytes);
    } else if (number < known_.size()) {
      bytes = known_[number];
    } else {
      cut_short();
    }
  }
  template <class T>
  void operator()(std::vector<T>& all) {
    list(all);
  }
  void operator()(std::string& text) {
    text.resize(count(1));
    take(text.data(), text.size());
  }
  void expect(const std::string& word) {
    if (bytes_.compare(0, word.size(), word) != 0) throw std::runtime_error("no file of GPU cases");
    at_ = word.size();
  }

 private:
  template <class T>
  void list(std::vector<T>& all) {
    all.resize(count(kPlain<T> ? sizeof(T) : 1));
    if constexpr (kPlain<T>)
      take(all.data(), all.size() * sizeof(T));
    else
      for (T& x : all) (*this)(x);
  }
  std::size_t count(std::size_t least_bytes) {
    std::uint64_t n = 0;
    (*this)(n);
    if (n > (bytes_.size() - at_) / least_bytes) cut_short();
    return n;
  }
  void take(void* to, std::size_t n) {
    if (n > bytes_.size() - at_) cut_short();
    if (n) std::memcpy(to, bytes_.data() + at_, n);
    at_ += n;
  }
  [[noreturn]] static void cut_short() {
    throw std::runtime_error("the file of GPU cases is cut short");
  }

  std::string bytes_;
  std::size_t at_ = 0;
  std::vector<std::vector<std::byte>> known_;
};

}  // namespace

std::vector<std::byte> GpuCase::block() const {
  std::vector<std::byte> all(block_bytes, std::byte{0xff});
  for (const Bytes& part : given)
    std::ranges::copy(part.bytes, all.begin() + static_cast<std::ptrdiff_t>(part.begin));
  return all;
}

bool GpuCase::whole() const {
  return std::ranges::none_of(launches, [](const CaseLaunch& l) { return l.kernel.empty(); });
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void write_cases(const std::filesystem::path& file, const std::vector<GpuCase>& cases) {
  std::ofstream out(file, std::ios::binary);
  out << kFormat;
  std::vector<GpuCase> copy = cases;
  Writer{out}(copy);
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::vector<GpuCase> read_cases(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  Reader read({std::istreambuf_iterator<char>(in), {}});
  read.expect(kFormat);
  std::vector<GpuCase> cases;
  read(cases);
  return cases;
}

}  // namespace ganflow::test
