#!/bin/bash
APT="env DEBIAN_FRONTEND=noninteractive $(command -v apt-get)"

dependencies() {
    $APT update
    list="packages.yaml"
    if [[ "$(lsb_release -r)" == *"24.04"* ]]; then
        list="packages24.yaml"
    fi
    cat snap/$list | shyaml get-values-0 parts.$1 | xargs -0 $APT install -y
}

install() {
    export LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$ROOT/SuperBuild/install/lib
    dependencies build
    set -e
    cd ${ROOT}/SuperBuild
    mkdir -p build && cd build
    cmake .. && make -j$(nproc)
}

if [[ $1 =~ ^(install|dependencies)$ ]]; then
    ROOT="$( cd "$( dirname "${BASH_SOURCE[0]}" )" && pwd )"
    "$1"
else
    exit 1
fi
