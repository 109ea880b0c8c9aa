#!/bin/sh
ls /app/src > /listing
