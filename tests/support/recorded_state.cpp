#include "support/recorded_state.h"

namespace ganflow::test {

CUresult RecordedState::begin(const char* function, const std::string& sizes) {
  {
    const std::lock_guard lock(mutex);
    const int number = ++counts[function];
    if (options.keep_calls) calls.push_back(sizes.empty() ? function : function + (" " + sizes));
    if (broken != CUDA_SUCCESS) return broken;
    if (options.failing != function || number != options.failing_call) return CUDA_SUCCESS;
    if (options.failure == CUDA_ERROR_OUT_OF_MEMORY) return options.failure;
    broken = options.failure;
  }
  const std::unique_lock finished(running);
  return broken;
}

void RecordedState::add(const char* kind, int n) {
  const std::lock_guard lock(mutex);
  if ((live[kind] += n) == 0) live.erase(kind);
}

std::string RecordedState::kind_of(const std::byte* at, std::size_t bytes) {
  const std::lock_guard lock(mutex);
  auto after = memory.upper_bound(at);
  if (after == memory.begin()) return "";
  const auto& [first, block] = *std::prev(after);
  if (at >= first + block.bytes) return "";
  return at + bytes <= first + block.bytes ? block.kind : "beyond its block";
}

RecordedState& recorded_state() {
  static RecordedState state;
  return state;
}

void record_driver(const RecordedOptions& options) {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  s.options = options;
  s.broken = CUDA_SUCCESS;
  s.counts.clear(), s.live.clear(), s.calls.clear();
}

std::vector<std::string> recorded_calls() {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  return s.calls;
}

int recorded_count(const std::string& function) {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  const auto found = s.counts.find(function);
  return found == s.counts.end() ? 0 : found->second;
}

std::map<std::string, int> not_given_back() {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  return s.live;
}

}  // namespace ganflow::test
