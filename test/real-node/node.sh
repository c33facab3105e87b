#!/bin/sh
# The first process of a node: runs in network, mount, PID and UTS namespaces of its own and ends with everything in them.
# What the node writes to the machine's folders goes to its own directory, above them.
#   node.sh DIRECTORY NAME ADDRESS
set -eu
directory=$1 name=$2 address=$3
mount --make-rprivate /
for folder in etc opt usr var; do
  mkdir -p "$directory/$folder" "$directory/work/$folder"
  mount -t overlay "$name-$folder" -o "lowerdir=/$folder,upperdir=$directory/$folder,workdir=$directory/work/$folder" "/$folder"
done
mount -t tmpfs "$name-run" /run
mkdir -p /run/lock /etc/cni/net.d /opt/cni/bin /var/lib/calico /var/log/calico /run/calico
# A container runtime would make it in the machine's folder where that is none of those above.
if [ -L /lib ]; then mkdir -p /lib/modules; fi
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" > "$directory/hosts"
mount --bind "$directory/hosts" /etc/hosts
hostname "$name"
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
# calico-node mounts below these in a way that its other containers see.
mount --make-rshared /
touch "$directory/ready"
while :; do sleep 3600 & wait $!; done
