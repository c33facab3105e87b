#!/bin/sh
# The network between the nodes, in a network namespace of its own: a bridge, the address of the Service `kubernetes`,
# and nobody else. Ends with its process.
#   switch.sh READY-FILE BRIDGE-ADDRESS/LENGTH SERVICE-ADDRESS
set -eu
ip link set lo up
ip link add switch type bridge
ip addr add "$2" dev switch
ip addr add "$3/32" dev lo
ip link set switch up
touch "$1"
while :; do sleep 3600 & wait $!; done
