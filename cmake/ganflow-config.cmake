# find_package(ganflow): target ganflow::ganflow. The project must enable C and CXX (HDF5's probe).
include(${CMAKE_CURRENT_LIST_DIR}/Dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ganflow-targets.cmake)
