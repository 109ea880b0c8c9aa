#!/bin/sh
# Ask a running sorter about one file: scripts/try.sh picture.png
exec curl --silent --data-binary "@$1" "http://localhost:${SORTER_PORT:-8000}/"
