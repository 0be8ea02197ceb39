#include "engine/run/trace.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/error.h"

namespace ganflow {
namespace {

double microseconds(Clock::duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}

}  // namespace

Trace::Trace(const std::string& file, std::vector<std::string> nodes, std::size_t threads)
    : path_(file), nodes_(std::move(nodes)) {
  if (file.empty()) return;
  ::unlink(file.c_str());  // of an earlier process; or a link, or a pipe, that would lead elsewhere
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd >= 0) file_.reset(::fdopen(fd, "w"));
  if (!file_) {
    fail(Fault::output, "trace file '{}' cannot be written: {}; name another file", file,
         std::strerror(errno));
  }
  rings_.assign(threads, std::vector<Span>(kPerThread));
  used_.resize(threads);
}

void Trace::write(Clock::time_point start) {
  if (!file_) return;
  std::FILE* f = file_.get();
  bool bad = false;
  const auto put = [&](const std::string& text) {
    bad = std::fwrite(text.data(), 1, text.size(), f) != text.size() || bad;
  };
  std::vector<std::string> quoted;
  for (const std::string& node : nodes_) quoted.push_back(nlohmann::json(node).dump());
  put("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
  for (std::size_t t = 0; t < rings_.size(); ++t) {
    const bool writer = t + 1 == rings_.size();
    put(
        fmt::format("{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":0,\"tid\":{},"
                    "\"args\":{{\"name\":\"{}\"}}}}",
                    t, writer ? "writer" : fmt::format("worker {}", t)));
    const std::uint64_t end = used_[t].count;
    for (std::uint64_t i = end - std::min<std::uint64_t>(end, kPerThread); i < end; ++i) {
      const Span& s = rings_[t][i % kPerThread];
      put(fmt::format(
          ",\n{{\"ph\":\"X\",\"name\":{},\"pid\":0,\"tid\":{},\"ts\":{:.3f},\"dur\":{:.3f},"
          "\"args\":{{\"replica\":{},\"occurrence\":{}}}}}",
          quoted[s.node], t, microseconds(s.begin - start), microseconds(s.end - s.begin),
          s.replica, s.occurrence));
    }
    put(writer ? "\n]}\n" : ",\n");
  }
  if (std::fclose(file_.release()) != 0 || bad) {
    fail(Fault::output, "trace file '{}' could not be written whole: {}", path_,
         std::strerror(errno));
  }
}

}  // namespace ganflow
