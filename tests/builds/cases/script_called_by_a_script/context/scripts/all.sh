#!/bin/sh
set -e
./scripts/one.sh
sh scripts/two.sh /opt/two
