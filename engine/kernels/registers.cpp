#include "engine/kernels/registers.h"

#include <algorithm>
#include <map>

namespace ganflow::kernels {

int share_registers(std::vector<Op>& ops) {
  std::map<int, std::size_t> last;
  for (std::size_t i = 0; i < ops.size(); ++i)
    for (const int source : ops[i].sources)
      if (source >= 0) last[source] = i;
  std::map<int, int> now;
  std::vector<int> free;
  int used = 0;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    std::vector<int> released;
    for (int& source : ops[i].sources)
      if (source >= 0) {
        const int before = source;
        source = now.at(before);
        if (last.at(before) == i &&
            std::find(released.begin(), released.end(), source) == released.end())
          released.push_back(source);
      }
    free.insert(free.end(), released.begin(), released.end());
    if (ops[i].target < 0) continue;
    if (free.empty()) free.push_back(used++);
    now[ops[i].target] = free.back();
    const int before = ops[i].target;
    ops[i].target = free.back();
    if (last.count(before)) free.pop_back();  // else nobody reads it
  }
  return used;
}

}  // namespace ganflow::kernels
