#!/bin/sh
cat /app/src/main.c
