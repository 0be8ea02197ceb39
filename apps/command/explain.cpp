#include "apps/command/explain.h"

#include <new>
#include <system_error>

#include "engine/error.h"

namespace ganflow::cli {

Explained explained(const std::exception_ptr& thrown) {
  constexpr int kUsage = static_cast<int>(Fault::usage);
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return {error.exit_code(), error.what()};
  } catch (const std::bad_alloc&) {
    return {kUsage,
            "not enough memory for this graph; lower --batch or --replicas, or raise ulimit -v"};
  } catch (const std::system_error& error) {
    const bool threads = error.code() == std::errc::resource_unavailable_try_again;
    return {kUsage,
            shown(error.what()) +
                (threads ? ": no more threads can be made; raise ulimit -u or -v, or take fewer, "
                           "--threads 1"
                         : "")};
  } catch (const std::exception& error) {  // of a library, in its own words
    return {kUsage, shown(error.what())};
  }
}

}  // namespace ganflow::cli
