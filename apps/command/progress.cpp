#include "apps/command/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "apps/command/say.h"

namespace ganflow::cli {
namespace {

constexpr int kBarWidth = 24;
constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr std::size_t kUsualColumns = 150;

// A line as wide as the terminal would wrap, and each redraw leave one behind.
std::size_t columns_of_terminal() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return kUsualColumns;
  return size.ws_col - 1u;
}

}  // namespace

bool headline(const std::string& column) {
  return !column.ends_with(".p05") && !column.ends_with(".p50") && !column.ends_with(".p95");
}

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string as_duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(seconds + 0.5);
  return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                  : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

ProgressView::ProgressView(std::string name, int replicas, Time logged)
    : name_(std::move(name)),
      first_(replicas),
      replicas_(replicas),
      logged_(logged),
      terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressView::~ProgressView() {
  if (open_) std::fputc('\n', stderr);
}

std::string ProgressView::line(const Progress& latest) const {
  const double total = static_cast<double>(latest.steps) * static_cast<double>(replicas_.size());
  double done = 0, moved = 0, begun = latest.seconds;  // steps of all replicas; since first seen
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    if (replicas_[r].steps == 0) continue;  // not seen yet
    done += static_cast<double>(replicas_[r].step);
    moved += static_cast<double>(replicas_[r].step - first_[r].step);
    begun = std::min(begun, first_[r].seconds);
  }
  const double rate = latest.seconds > begun ? moved / (latest.seconds - begun) : 0;
  const double left = std::max(total - done, 0.0);
  done = std::min(done / total, 1.0);
  const int bar = static_cast<int>(done * kBarWidth);
  std::string text = fmt::format("{}  [{}{}] {}/{}", name_, std::string(bar, '='),
                                 std::string(kBarWidth - bar, ' '), with_commas(latest.step),
                                 with_commas(latest.steps));
  if (replicas_.size() > 1) text += fmt::format(" x {}", replicas_.size());
  if (rate > 0) text += fmt::format("  {:.0f} steps/s  {} left", rate, as_duration(left / rate));
  if (replicas_.size() > 1 && !latest.values.empty())
    text += fmt::format("  replica {}:", latest.replica);
  for (const auto& [name, value] : latest.values)
    if (headline(name)) text += fmt::format("  {} {:.4g}", name, value);
  return text;
}

void ProgressView::update(const Progress& progress) {
  const auto r = static_cast<std::size_t>(progress.replica);
  if (replicas_[r].steps == 0) {
    first_[r] = progress;
    first_[r].values = {};
  }
  const auto counted = [&] { return std::min(replicas_[r].step, progress.steps); };
  done_ -= counted();
  replicas_[r] = progress;
  done_ += counted();
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    if (now - drawn_ < kRedraw && progress.step < progress.steps) return;
    drawn_ = now;
    std::string text = line(progress);
    text.resize(std::min(text.size(), columns_of_terminal()));
    say(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
    open_ = true;
    return;
  }
  const Step all = std::max<Step>(progress.steps, 1) * replicas_.size();
  const int tenth = static_cast<int>(10 * done_ / all);
  if (tenth <= tenth_ && now - drawn_ < logged_) return;
  tenth_ = std::max(tenth, tenth_);
  drawn_ = now;
  say(stderr, "{}\n", line(progress));
}

}  // namespace ganflow::cli
