#include "apps/command/config.h"

#include <toml++/toml.h>

#include <optional>

#include "engine/error.h"
#include "io/data/byte_source.h"

namespace ganflow::cli {
namespace {

constexpr std::uint64_t kMostBytes = 1 << 20;

std::string text_in(const std::string& path) {
  ByteSource file(path);
  if (file.most_bytes() > kMostBytes)
    fail(Fault::usage, "--config {}: it may have {} bytes, a file of flags has at most {}", path,
         file.most_bytes(), kMostBytes);
  std::string text(file.most_bytes(), '\0');
  text.resize(file.read({reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  return text;
}

std::optional<std::string> value_in(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  return std::nullopt;
}

}  // namespace

std::vector<ConfigFlag> read_config(const std::string& path) {
  const auto refuse = [&](const toml::source_region& where, const std::string& why) {
    fail(Fault::usage, "--config {}: line {}, column {}: {}", path, where.begin.line,
         where.begin.column, why);
  };
  toml::table table;
  try {
    table = toml::parse(text_in(path));
  } catch (const toml::parse_error& error) {
    refuse(error.source(), std::string(error.description()));
  }
  std::vector<ConfigFlag> flags;
  for (const auto& [key, node] : table) {
    ConfigFlag& flag = flags.emplace_back(
        ConfigFlag{std::string(key.str()),
                   {},
                   fmt::format("--config {}: line {}", path, key.source().begin.line)});
    const auto add = [&](const toml::node& item) {
      const std::optional<std::string> value = value_in(item);
      if (!value)
        refuse(
            item.source(),
            fmt::format("'{}' is no text, number or truth value, nor a list of them; flags stand "
                        "outside of sections",
                        flag.name));
      flag.values.push_back(*value);
    };
    if (const toml::array* list = node.as_array())
      for (const toml::node& item : *list) add(item);
    else
      add(node);
  }
  return flags;
}

}  // namespace ganflow::cli
