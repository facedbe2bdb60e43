#!/usr/bin/env bash
# Makes the messages of etcd anew from src/storage/etcd/messages/etcd.proto. Needs buf (buf.build/docs/cli), which
# `BUF` may name, and protoc-gen-es of node_modules.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=src/storage/etcd/messages
PATH="$PWD/node_modules/.bin:$PATH" "${BUF:-buf}" generate "$folder" --template \
  "{\"version\":\"v2\",\"plugins\":[{\"local\":\"protoc-gen-es\",\"out\":\"$folder\",\"opt\":\"target=js+dts\"}]}"
