# The CUDA backend needs three headers to be built and no library: all are opened when a GPU is asked
# for (engine/cuda/driver/libraries.h). Sets GANFLOW_CUDA_INCLUDES; empty: the backend is left out.
file(GLOB cuda_include_folders /usr/local/cuda/include /opt/cuda/include
  ${CMAKE_SOURCE_DIR}/.cuda/nvidia/*/include $ENV{VIRTUAL_ENV}/lib/python3*/site-packages/nvidia/*/include)
if(DEFINED ENV{CUDA_PATH})
  list(PREPEND cuda_include_folders $ENV{CUDA_PATH}/include)
endif()
find_path(GANFLOW_CUDA_H cuda.h HINTS ${cuda_include_folders})
find_path(GANFLOW_NVRTC_H nvrtc.h HINTS ${cuda_include_folders})
find_path(GANFLOW_CUDNN_H cudnn.h HINTS ${cuda_include_folders})
set(GANFLOW_CUDA_INCLUDES "")
if(GANFLOW_CUDA_H AND GANFLOW_NVRTC_H AND GANFLOW_CUDNN_H)
  set(GANFLOW_CUDA_INCLUDES ${GANFLOW_CUDA_H} ${GANFLOW_NVRTC_H} ${GANFLOW_CUDNN_H})
  list(REMOVE_DUPLICATES GANFLOW_CUDA_INCLUDES)
else()
  message(STATUS "skipped: the CUDA backend and its tests need cuda.h, nvrtc.h and cudnn.h (./setup.sh --cuda)")
endif()

# Those of the sources that belong to the driver's room, or test it, see the headers.
function(ganflow_see_cuda)
  set(sources ${ARGN})
  list(FILTER sources INCLUDE REGEX "/engine/cuda/driver/|/support/recorded_|gpu_check/")
  list(TRANSFORM GANFLOW_CUDA_INCLUDES PREPEND "-isystem" OUTPUT_VARIABLE options)
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS ${options})
endfunction()
