#!/bin/sh
mkdir -p /opt
cat data/one.txt > /opt/one
