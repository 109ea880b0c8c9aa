#!/bin/bash
set -e
TOP="$( cd "$( dirname "${BASH_SOURCE[0]}" )" && pwd )"
cd $TOP/$1
mkdir -p build && cd build
cmake .. && make && make install && rm -rf $TOP/native/build
