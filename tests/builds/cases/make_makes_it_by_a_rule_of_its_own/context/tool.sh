#!/bin/sh
cat README.txt
