configure_file(${CMAKE_CURRENT_LIST_DIR}/../words.txt.in words.txt)
