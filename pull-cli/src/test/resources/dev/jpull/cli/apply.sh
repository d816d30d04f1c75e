#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: apply.sh TREE LAYER.tar...
# What OCI layers mean, by tar and rm: a layer's whiteouts remove what is there, then its entries are extracted.
set -euo pipefail
export LC_ALL=C
tree=$1
shift
mkdir "$tree"
for layer; do
  tar --list --quoting-style=literal --file "$layer" | while IFS= read -r name; do
    file=${name##*/} directory=$tree/${name%/*}
    case $file in
      .wh..wh..opq) if [ -d "$directory" ]; then find "$directory" -mindepth 1 -delete; fi ;;
      .wh.*) rm -rf "${directory:?}/${file#.wh.}" ;;
    esac
  done
  # tar replaces no directory by a file, and follows no link to a directory that a layer has a directory for.
  tar --list --verbose --quoting-style=escape --file "$layer" | while IFS= read -r line; do
    name=./${line##* ./}
    case $line in [-l]*) name=${name%% -> *}; if [ -d "$tree/$name" ] && [ ! -L "$tree/$name" ]; then rm -rf "${tree:?}/$name"; fi ;; esac
  done
  tar --extract --file "$layer" --directory "$tree" --numeric-owner --preserve-permissions --xattrs --xattrs-include='*' \
    --exclude='.wh.*' --delay-directory-restore
done
