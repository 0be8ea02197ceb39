# Writes the headers of generated kernels into texts.cpp (engine/cuda/texts.h), anew when one of them
# changes.
file(GLOB kernel_headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} engine/cuda/text/*.h
  engine/program/formulas/*.h ops/primitives/formulas/*.h engine/tensor/philox.h)
file(GLOB standard_headers_of_kernels CONFIGURE_DEPENDS RELATIVE
  ${CMAKE_SOURCE_DIR}/engine/cuda/text/standard engine/cuda/text/standard/*)
set(texts_cpp "#include \"engine/cuda/texts.h\"\n\nnamespace ganflow::cuda {\n\n")
function(append_texts function folder)
  set(body "const std::vector<HeaderText>& ${function}() {\n  static const std::vector<HeaderText> all = {\n")
  foreach(name IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name})
    file(READ ${folder}/${name} text)
    string(APPEND body "{\"${name}\", R\"GANFLOW(${text})GANFLOW\"},\n")
  endforeach()
  set(texts_cpp "${texts_cpp}${body}};\n  return all;\n}\n\n" PARENT_SCOPE)
endfunction()
append_texts(header_texts ${CMAKE_SOURCE_DIR} ${kernel_headers})
append_texts(standard_header_texts ${CMAKE_SOURCE_DIR}/engine/cuda/text/standard
  ${standard_headers_of_kernels})
string(APPEND texts_cpp "}  // namespace ganflow::cuda\n")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/texts.cpp CONTENT "${texts_cpp}" @ONLY)
