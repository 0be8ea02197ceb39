# `cmake --install`: the library, its headers, the command, what find_package(ganflow) reads, and the
# pages and example apps that say how to write a graph.
include(CMakePackageConfigHelpers)
install(TARGETS ganflow EXPORT ganflow-targets)
install(TARGETS app-ganflow)
foreach(room engine ops graphs io apps/command)
  get_filename_component(parent ${room} DIRECTORY)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${room}
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ganflow/${parent} FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/include/ganflow/ganflow.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ganflow)

set(pages ${CMAKE_INSTALL_DATAROOTDIR}/doc/ganflow)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${pages})
install(FILES ${CMAKE_SOURCE_DIR}/io/README.md DESTINATION ${pages}/io)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${pages})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/apps DESTINATION ${pages}
  FILES_MATCHING PATTERN "*.cpp" PATTERN command EXCLUDE PATTERN results EXCLUDE
  PATTERN report EXCLUDE)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ganflow)
install(EXPORT ganflow-targets NAMESPACE ganflow:: DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/ganflow-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_SOURCE_DIR}/cmake/ganflow-config.cmake
  ${CMAKE_SOURCE_DIR}/cmake/Dependencies.cmake
  ${CMAKE_BINARY_DIR}/ganflow-config-version.cmake DESTINATION ${package_dir})
