// Values as bytes and back, for messages between processes of one build: a struct lists its members
// once, in `template <class A> void members(A& a) { a(x, y); }`, for both directions.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace ganflow {

class ByteWriter {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::string bytes;

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    else
      const_cast<T&>(value).members(*this);  // which only reads it here
  }
  void put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes += text;
  }
  template <class A, class B>
  void put(const std::pair<A, B>& pair) {
    (*this)(pair.first, pair.second);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put(static_cast<std::uint64_t>(list.size()));
    for (const T& item : list) put(item);
  }
  template <class K, class V>
  void put(const std::map<K, V>& map) {
    put(static_cast<std::uint64_t>(map.size()));
    for (const auto& item : map) put(item);
  }
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  // Throws Error(input) where the bytes end before the values do.
  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size())
      fail(Fault::input, "a message between processes ends {} bytes early", count - bytes_.size());
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::uint64_t count() {
    std::uint64_t n = 0;
    get(n);
    return n;
  }
  template <class T>
  void get(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      std::memcpy(&value, take(sizeof value).data(), sizeof value);
    else
      value.members(*this);
  }
  void get(std::string& text) { text = take(count()); }
  template <class A, class B>
  void get(std::pair<A, B>& pair) {
    (*this)(pair.first, pair.second);
  }
  template <class T>
  void get(std::vector<T>& list) {
    list.clear();
    for (std::uint64_t n = count(); n > 0; --n) get(list.emplace_back());
  }
  template <class K, class V>
  void get(std::map<K, V>& map) {
    map.clear();
    for (std::uint64_t n = count(); n > 0; --n) {
      std::pair<K, V> item;
      get(item);
      map.insert(std::move(item));
    }
  }

  std::string_view bytes_;
};

template <class T>
std::string packed(const T& value) {
  ByteWriter writer;
  writer(value);
  return std::move(writer.bytes);
}

}  // namespace ganflow
