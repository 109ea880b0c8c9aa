configure_file(${CMAKE_CURRENT_SOURCE_DIR}/src/made.txt.in made.txt)
