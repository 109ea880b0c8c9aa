include(${CMAKE_CURRENT_LIST_DIR}/parts/Words.cmake)
