// Messages between a process and the child that it forked.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ganflow {

class Channel {
 public:
  // The two ends. A process keeps one and closes the other, so that each notices the other's end.
  static std::pair<Channel, Channel> make();

  Channel(Channel&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), wake_(std::exchange(other.wake_, -1)) {}
  Channel& operator=(Channel&&) = delete;
  ~Channel() { close(); }
  void close();

  // From any thread. Waits while the other side has some 200 KB to take; nothing happens when it is
  // gone.
  void send(std::string_view bytes);
  // From one thread: the next message, waited for at most so long or until wake().
  std::optional<std::string> receive(int milliseconds);
  // From any thread: ends the wait of receive(), or that of the next.
  void wake();
  // The other side is gone and all that it sent was received.
  bool ended() const { return ended_; }

 private:
  explicit Channel(int fd);
  std::optional<std::string> whole_message();

  int fd_, wake_;
  std::mutex sending_;
  std::string received_;
  std::size_t at_ = 0;  // of the first byte of received_ that is no part of a message returned
  bool ended_ = false;
};

// How a child ended, in words: "was ended by signal 9 (Killed)", "ended with exit code 3".
std::string ending(int wait_status);

}  // namespace ganflow
