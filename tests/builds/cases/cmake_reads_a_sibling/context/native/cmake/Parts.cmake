configure_file(${CMAKE_CURRENT_SOURCE_DIR}/../common/c.txt made.txt)
