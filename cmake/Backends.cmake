# A device is a folder of engine/ with a function backend(); this writes the list of those that are
# built, the most capable first (engine/device/device.h).
set(GANFLOW_BACKENDS cpu)
if(GANFLOW_CUDA_INCLUDES AND NOT GANFLOW_ONLY)
  list(PREPEND GANFLOW_BACKENDS cuda)
endif()
set(backend_declarations "")
set(backend_calls "")
foreach(name IN LISTS GANFLOW_BACKENDS)
  string(APPEND backend_declarations "namespace ganflow::${name} {\nBackend backend();\n}\n")
  string(APPEND backend_calls "${name}::backend(), ")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/backends.cpp CONTENT
"#include \"engine/device/device.h\"\n
${backend_declarations}
namespace ganflow {
const std::vector<Backend>& backends() {
  static const std::vector<Backend> all = {${backend_calls}};
  return all;
}
}  // namespace ganflow\n")
