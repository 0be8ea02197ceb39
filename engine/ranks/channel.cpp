#include "engine/ranks/channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "engine/error.h"

namespace ganflow {

std::pair<Channel, Channel> Channel::make() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    fail(Fault::usage, "no socket for a process that trains: {}; raise ulimit -n",
         std::strerror(errno));
  return {Channel(ends[0]), Channel(ends[1])};
}

Channel::Channel(int fd) : fd_(fd), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Channel::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (wake_ >= 0) ::close(std::exchange(wake_, -1));
}

void Channel::wake() { ::eventfd_write(wake_, 1); }

void Channel::send(std::string_view bytes) {
  const std::lock_guard lock(sending_);
  const std::uint64_t size = bytes.size();
  std::string frame(reinterpret_cast<const char*>(&size), sizeof size);
  frame += bytes;
  for (std::size_t done = 0; done < frame.size();) {
    const ssize_t n = ::send(fd_, frame.data() + done, frame.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    done += static_cast<std::size_t>(n);
  }
}

std::optional<std::string> Channel::whole_message() {
  std::uint64_t size = 0;
  if (received_.size() - at_ < sizeof size) return std::nullopt;
  std::memcpy(&size, received_.data() + at_, sizeof size);
  if (received_.size() - at_ - sizeof size < size) return std::nullopt;
  std::string message = received_.substr(at_ + sizeof size, size);
  at_ += sizeof size + size;
  if (at_ == received_.size()) {
    received_.clear();
    at_ = 0;
  }
  return message;
}

std::optional<std::string> Channel::receive(int milliseconds) {
  if (auto message = whole_message()) return message;
  while (!ended_) {
    pollfd polled[] = {{fd_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (::poll(polled, 2, milliseconds) <= 0) return std::nullopt;
    if (eventfd_t woken = 0; polled[1].revents != 0) ::eventfd_read(wake_, &woken);
    if (polled[0].revents == 0) return std::nullopt;
    char buffer[1 << 16];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    ended_ = n <= 0;
    if (!ended_) received_.append(buffer, static_cast<std::size_t>(n));
    if (auto message = whole_message()) return message;
  }
  return std::nullopt;
}

std::string ending(int wait_status) {
  if (WIFSIGNALED(wait_status))
    return fmt::format("was ended by signal {} ({})", WTERMSIG(wait_status),
                       ::strsignal(WTERMSIG(wait_status)));
  return fmt::format("ended with exit code {}", WEXITSTATUS(wait_status));
}

}  // namespace ganflow
