# Every library ganflow uses and why it stands here instead of our own code. All are Debian packages
# (setup.sh installs them). Also read by the installed package's config, so that both agree.
find_package(Threads REQUIRED)             # the writer and signal threads
find_package(TBB 2021.8 REQUIRED)          # the flow graph that schedules training
find_package(fmt REQUIRED)                 # messages; std::format is not in GCC 12
find_package(HDF5 REQUIRED COMPONENTS C)   # what a run leaves: readable by h5py, pandas, MATLAB
find_package(CLI11 REQUIRED)               # command line
find_package(tomlplusplus REQUIRED)        # --config file.toml, errors with lines
find_package(nlohmann_json REQUIRED)       # run configuration, trace.json
find_package(PNG REQUIRED)                 # sample grids
find_package(ZLIB REQUIRED)                # gzip data files, CRC of checkpoints
# libxsmm: products at 97 % of the FMA peak at our sizes; it ships no CMake config.
find_path(XSMM_INCLUDE_DIR libxsmm.h REQUIRED)
find_library(XSMM_LIBRARY xsmm REQUIRED)
# xbyak, headers only: writes the machine code of elementwise loops (engine/cpu/line_code.h), 1 ms for
# all of a small program. asmjit does the same by a library of its own; LLVM takes 100 MB and some
# 10 ms a loop.
find_path(XBYAK_INCLUDE_DIR xbyak/xbyak.h REQUIRED)
# LAPACK: symmetric eigenvalues and singular values of the quality measures. The interface, so that
# any provider serves: the reference is enough for local extractors, libopenblas-dev in its place is
# faster at 2048 features. Its BLAS is also the one that libxsmm wants to see.
find_package(LAPACK REQUIRED)
# Boost.Math, headers only: Student's t of intervals and fits, right in the far tails.
find_path(BOOST_INCLUDE_DIR boost/math/distributions/students_t.hpp REQUIRED)
# Cairo: the figures of `ganflow report`, SVG and PNG by one drawing; one library of 1.3 MB that looks
# for nothing of its own at run time. PLplot finds its drivers and colour maps in files then and brings
# 7 packages more, MathGL 6 and 3.8 MB; axes and box plots of either would be restyled anyway.
find_path(CAIRO_INCLUDE_DIR cairo/cairo-svg.h REQUIRED)
find_library(CAIRO_LIBRARY cairo REQUIRED)
# Image folders: a library for each format.
find_package(JPEG REQUIRED)                # libjpeg-turbo: CMYK, any sampling, warnings told apart
find_package(TIFF REQUIRED)                # TIFF
find_package(GIF 5.1 REQUIRED)             # GIF
find_path(WEBP_INCLUDE_DIR webp/decode.h REQUIRED)  # WebP
find_library(WEBP_LIBRARY webp REQUIRED)
find_library(WEBPDEMUX_LIBRARY webpdemux REQUIRED)  # its animations and Exif
find_path(STB_INCLUDE_DIR stb/stb_image.h REQUIRED)  # BMP
find_library(STB_LIBRARY stb REQUIRED)
find_path(EXIF_INCLUDE_DIR libexif/exif-data.h REQUIRED)  # which way up a photograph is
find_library(EXIF_LIBRARY exif REQUIRED)
find_path(ZIP_INCLUDE_DIR zip.h REQUIRED)  # zip archives of images; .npz for numpy
find_library(ZIP_LIBRARY zip REQUIRED)
# ONNX: the messages of its files, and what checks them in the tests; they are protobuf's.
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
find_library(ONNX_LIBRARY onnx REQUIRED)
find_library(PROTOBUF_LIBRARY protobuf REQUIRED)
# MPI, where it is there: runs of many processes, started by what every cluster has (mpirun, srun).
# Open MPI is what Debian's is. Its C interface: the C++ one is gone from the standard.
find_package(MPI QUIET COMPONENTS C)
set(GANFLOW_LIBRARIES
  Threads::Threads TBB::tbb fmt::fmt hdf5::hdf5 CLI11::CLI11 tomlplusplus::tomlplusplus
  nlohmann_json::nlohmann_json PNG::PNG ZLIB::ZLIB ${XSMM_LIBRARY} LAPACK::LAPACK
  ${CAIRO_LIBRARY} JPEG::JPEG TIFF::TIFF GIF::GIF ${WEBP_LIBRARY} ${WEBPDEMUX_LIBRARY} ${STB_LIBRARY} ${EXIF_LIBRARY} ${ZIP_LIBRARY}
  ${ONNX_PROTO_LIBRARY} ${PROTOBUF_LIBRARY}
  ${CMAKE_DL_LIBS})
if(MPI_C_FOUND)
  list(APPEND GANFLOW_LIBRARIES ${MPI_C_LIBRARIES})
endif()
