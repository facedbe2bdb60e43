#!/usr/bin/env bash
# Machines of their own on one: rig.sh FOLDER REPOSITORY ADDRESS…
#
# Each has an address of its own on a network in which nobody else is, and /etc, /home, /opt, /root and /var that
# are this machine's until they are written to. On the last one the repository lies in /opt/coffer, on the others
# what npm installs beside it. It is to be started in namespaces made for it, and all that runs on the machines
# ends with it, when its standard input does:
#   unshare --mount --net --pid --fork --kill-child --mount-proc rig.sh …
set -euo pipefail
folder=$1 repository=$2
shift 2

mount -t tmpfs rig "$folder"
mkdir "$folder/coffer"
mount --bind "$repository" "$folder/coffer"
mount -o remount,bind,ro "$folder/coffer"
ip link add lan type bridge
ip link set lan up

machine() {
  local own=$folder/$1 top
  ip link set lo up
  mkdir "$own"
  for top in etc home opt root var; do
    mkdir -p "$own/$top" "$own/work/$top"
    mount -t overlay rig -o "lowerdir=/$top,upperdir=$own/$top,workdir=$own/work/$top" "/$top"
  done
  mkdir -p /etc/systemd/system /opt/coffer /var/lib/rig
  if [ "$1" = "$last" ]; then
    mount --bind "$folder/coffer" /opt/coffer
  else
    mkdir /opt/coffer/node_modules
    mount --bind "$folder/coffer/node_modules" /opt/coffer/node_modules
  fi
  touch "$own/ready"
  exec sleep infinity
}
export folder last=${!#}
export -f machine

for address in "$@"; do
  unshare --mount --net bash -euc 'machine "$1"' rig "$address" </dev/null &
  echo $! >"$folder/$address.pid"
  until [ -e "$folder/$address/ready" ]; do kill -0 $!; sleep 0.02; done
  ip link add "to-${address##*.}" type veth peer name eth0 netns $!
  ip link set "to-${address##*.}" master lan up
  nsenter --target $! --net sh -c "ip address add $address/24 dev eth0 && ip link set eth0 up"
done
echo ready
# Not by exec: the first process of a machine buries the others.
cat >/dev/null
