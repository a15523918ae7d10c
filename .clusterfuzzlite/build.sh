#!/bin/bash -eu
exec bash "$SRC/sframe-tool/fuzz/ci/build.sh"
