ExternalProject_Add(zip
  PREFIX ${TOP}/build/zip
  SOURCE_DIR ${TOP}/src/zip
  URL https://example.org/zip-1.0.tar.gz
  CMAKE_ARGS -DCMAKE_INSTALL_PREFIX:PATH=${TOP}/install
)
