#include "apps/command/film.h"

#include <fmt/format.h>

#include "apps/command/say.h"
#include "engine/error.h"
#include "io/disk/durable.h"
#include "io/images/gif_writer.h"
#include "io/images/png.h"
#include "io/run/run_index.h"

namespace ganflow::cli {

void write_films(const std::string& run, int replica, const std::string& stem) {
  const std::string directory = run + "/" + replica_directory(replica);
  bool any = false;
  for (const std::string& name : directory_entries(directory)) {
    std::vector<Pixels> frames;
    for (const std::string& file : directory_entries(directory + "/" + name))
      if (file.starts_with("step_") && file.ends_with(".png"))
        frames.push_back(read_png(directory + "/" + name + "/" + file));
    if (frames.empty()) continue;
    const Extent height = frames.back().height, width = frames.back().width;
    const std::size_t others = std::erase_if(
        frames, [&](const Pixels& p) { return p.height != height || p.width != width; });
    const std::string path = fmt::format("{}_{}.gif", stem, name);
    write_gif(path, frames);
    say("{}: {} pictures{}\n", path, frames.size(),
        others ? fmt::format(", {} of another size left out", others) : "");
    any = true;
  }
  if (!any)
    fail(Fault::usage, "--gif: replica {} of {} left no pictures; train with --sample-every N",
         replica, run);
}

}  // namespace ganflow::cli
