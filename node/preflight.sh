#!/bin/sh
# Checks a machine against the plan before K3s is installed, and says how to mend what does not fit.
# Changes nothing. Exit codes: 0 it fits, 1 something must be mended, 2 wrong use.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=machine.sh
. "$here/machine.sh"

mends=0

ok() {
	printf 'ok    %-10s %s\n' "$1" "$2"
}

# Works as it is, or install.sh does it.
note() {
	printf 'note  %-10s %s\n' "$1" "$2"
	shift 2
	for line in "$@"; do printf '                 > %s\n' "$line"; done
}

# Must be mended first; the lines after it say how.
mend() {
	mends=$((mends + 1))
	printf 'MEND  %-10s %s\n' "$1" "$2"
	shift 2
	for line in "$@"; do printf '                 > %s\n' "$line"; done
}

check_system() {
	machine=$(uname -m)
	if [ "$machine" = x86_64 ]; then ok system "$machine"; else
		mend system "the processor is $machine" 'the images and the pinned K3s are for x86_64'
	fi
	command -v systemctl >/dev/null 2>&1 || mend system 'there is no systemd' 'install.sh makes a systemd service'
	# shellcheck disable=SC1091
	id=$([ -r "$root/etc/os-release" ] && . "$root/etc/os-release" && printf '%s %s' "${ID:-}" "${ID_LIKE:-}")
	case $id in
	*debian* | *ubuntu*) ;;
	*) note system 'neither Debian nor Ubuntu' 'install.sh calls apt-get: install its packages by hand' ;;
	esac
}

check_memory() {
	have=$(awk '$1 == "MemTotal:" { print $2 }' "$root/proc/meminfo")
	text="$((have / 1024)) Mi (planned: $((MEMORY_KIB / 1024)) Mi)"
	if [ "$have" -lt "$MEMORY_KIB" ]; then
		mend memory "$text" \
			"set global.node.memory.capacity to $((have / 1024))Mi in the profile, take the difference from a namespace," \
			'and let corepack pnpm prove say what still fits; less graphics memory in the firmware gives some back'
	elif [ "$((have - MEMORY_KIB))" -gt 262144 ]; then
		note memory "$text" "$(((have - MEMORY_KIB) / 1024)) Mi are given to nobody: raise global.node.memory.capacity"
	else
		ok memory "$text"
	fi
}

check_cpu() {
	have=$(grep -c '^processor' "$root/proc/cpuinfo")
	text="$have threads (planned: $CPU_THREADS)"
	if [ "$have" -ge "$CPU_THREADS" ]; then ok cpu "$text"; else
		mend cpu "$text" "set global.node.cpu.capacity to \"$have\" in the profile and prove again"
	fi
}

check_disk() {
	# shellcheck disable=SC2046
	set -- $(df -Pk "$root/var/lib" | awk 'NR == 2 { print $2, $4 }')
	size=$1 free=$2
	text="$((size / 1048576)) Gi below /var/lib (planned: $((STORAGE_KIB / 1048576)) Gi), $((free / 1048576)) Gi free"
	if [ "$size" -lt "$STORAGE_KIB" ]; then
		mend disk "$text" \
			"set global.node.storage.capacity to $((size / 1048576))Gi in the profile and prove again, or mount a larger disk"
	elif ! is_active k3s && [ "$free" -lt "$VOLUMES_KIB" ]; then
		mend disk "$text" "the volumes may grow to $((VOLUMES_KIB / 1048576)) Gi: make room"
	else
		ok disk "$text"
	fi
}

check_cgroup() {
	controllers=" $(cat "$root/sys/fs/cgroup/cgroup.controllers" 2>/dev/null) "
	for controller in cpu memory pids; do
		case $controllers in
		*" $controller "*) ;;
		*)
			mend cgroup "version 2 with the controller $controller is not there" \
				'remove systemd.unified_cgroup_hierarchy=0 and cgroup_disable=… from GRUB_CMDLINE_LINUX in' \
				'/etc/default/grub, then update-grub and reboot'
			return
			;;
		esac
	done
	ok cgroup 'version 2'
}

check_modules() {
	for module in overlay br_netfilter vxlan $([ "$LONGHORN" = yes ] && echo iscsi_tcp); do
		[ -d "$root/sys/module/$module" ] || modprobe -n -q "$module" 2>/dev/null || {
			mend modules "the kernel has no module $module" "install the distribution's full kernel: linux-image-amd64 on Debian, linux-generic on Ubuntu"
			return
		}
	done
	ok modules 'all there'
}

check_swap() {
	used=$(awk 'NR > 1 { printf "%s ", $1 }' "$root/proc/swaps" 2>/dev/null)
	if [ -z "$used" ]; then ok swap off; else
		note swap "in use: $used" 'install.sh switches it off: pods that swap would hide that memory is short'
	fi
}

check_time() {
	if [ "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)" = yes ]; then ok time synchronised; else
		mend time 'the clock is not synchronised: certificates and tokens are refused' \
			'apt-get install systemd-timesyncd && timedatectl set-ntp true'
	fi
}

check_storage() {
	[ "$LONGHORN" = yes ] || return 0
	if [ -x "$root/usr/sbin/iscsiadm" ]; then ok iscsi 'open-iscsi is there'; else
		note iscsi 'open-iscsi is missing' 'install.sh installs it: Longhorn does not start without'
	fi
	if is_active multipathd && ! cat "$root"/etc/multipath.conf "$root"/etc/multipath/conf.d/*.conf 2>/dev/null |
		grep -q 'VIRTUAL-DISK\|\^sd'; then
		note multipath 'multipathd would claim the volumes' 'install.sh writes /etc/multipath/conf.d/platform.conf'
	fi
}

check_ports() {
	if is_active k3s; then
		ok ports 'K3s runs here and has them'
		return
	fi
	listening=$(ss -Hltn | awk '{ n = split($4, part, ":"); print part[n] }')
	taken=
	for port in $PORTS; do
		for used in $listening; do [ "$port" = "$used" ] && taken="$taken$port " && break; done
	done
	if [ -z "$taken" ]; then ok ports free; else
		mend ports "taken: $taken" 'ss -ltnp shows by whom: stop it, or move it to another port'
	fi
	for port in 80 443; do
		for used in $listening; do
			[ "$port" = "$used" ] || continue
			note ports "port $port of $NODE_ADDRESS is somebody else's" \
				"it stays so: the platform answers on $INGRESS_ADDRESS"
			break
		done
	done
}

# The address of a dotted quad as one number.
number_of() {
	old=$IFS
	IFS=.
	# shellcheck disable=SC2086
	set -- $1
	IFS=$old
	echo $((($1 << 24) + ($2 << 16) + ($3 << 8) + $4))
}

# in_network ADDRESS NETWORK/PREFIX
in_network() {
	size=$((1 << (32 - ${2#*/})))
	first=$(number_of "${2%/*}")
	address=$(number_of "$1")
	[ "$address" -ge "$first" ] && [ "$address" -lt "$((first + size))" ]
}

check_network() {
	found=$(ip -o -4 addr show | grep " $NODE_ADDRESS/")
	if [ -z "$found" ]; then
		mend network "no interface has $NODE_ADDRESS" \
			"give the interface this address in the system's network configuration, or set" \
			'global.node.network.address in the profile and prove again'
		return
	fi
	case $found in
	*dynamic*)
		mend network "$NODE_ADDRESS was handed out and may change" \
			'make it static, or have the router reserve it for this machine'
		;;
	*) ok network "$NODE_ADDRESS" ;;
	esac
	# What the router gave this machine tells whether the plan knows its range.
	for lease in $(ip -o -4 addr show | grep dynamic | awk '{ sub("/.*", "", $4); print $4 }'); do
		in_network "$lease" "$LAN" || continue
		first=$(number_of "${DHCP_RANGE%-*}") last=$(number_of "${DHCP_RANGE#*-}") given=$(number_of "$lease")
		if [ "$given" -lt "$first" ] || [ "$given" -gt "$last" ]; then
			mend network "the router handed out $lease, outside $DHCP_RANGE" \
				"look at the router's DHCP range, set global.node.network.dhcp to it, and prove again"
		fi
	done
	for target in $(ip -o -4 route show | grep -v 'dev \(cni\|flannel\)' | awk '$1 != "default" { sub("/.*", "", $1); print $1 }'); do
		for network in "$POD_CIDR" "$SERVICE_CIDR"; do
			in_network "$target" "$network" || continue
			mend network "the route to $target lies in $network, which K3s uses" \
				'set global.node.network.podCidr or serviceCidr to a free network and prove again'
		done
	done
}

# Asks every address of the pool by ARP: a machine that does not answer a ping still has to answer this.
check_addresses() {
	if is_active k3s; then
		ok addresses 'K3s runs here: corepack pnpm platform doctor compares them'
		return
	fi
	if ! command -v ping >/dev/null 2>&1; then
		mend addresses 'cannot be checked: there is no ping' 'apt-get install iputils-ping'
		return
	fi
	for address in $POOL_ADDRESSES; do
		ping -c 1 -W 1 "$address" >/dev/null 2>&1 &
	done
	wait
	# The kernel asks again for what it once knew: five seconds of delay, then three questions.
	waited=0
	while [ "$waited" -lt 10 ] && pool_neighbours | grep -q 'INCOMPLETE\|DELAY\|PROBE'; do
		sleep 1
		waited=$((waited + 1))
	done
	taken=$(pool_neighbours | grep lladdr | grep -v FAILED)
	if [ -z "$taken" ]; then
		ok addresses 'nobody has one of the pool'
		return
	fi
	echo "$taken" | {
		while read -r address rest; do
			hardware=${rest##*lladdr }
			printf 'MEND  %-10s %s is taken by %s\n' addresses "$address" "${hardware%% *}"
		done
	}
	mends=$((mends + 1))
	printf '                 > %s\n' 'find the device in the list of the router and give it another address, or change' \
		'global.addresses in the profile and prove again'
}

pool_neighbours() {
	for address in $POOL_ADDRESSES; do ip -4 neigh show to "$address"; done
}

check_names() {
	wrong=
	for host in $HOSTS; do
		[ "$(getent hosts "$host" | awk '{ print $1; exit }')" = "$INGRESS_ADDRESS" ] || wrong="$wrong$host "
	done
	if [ -z "$wrong" ]; then ok names "lead to $INGRESS_ADDRESS"; else
		note names "do not lead to $INGRESS_ADDRESS: $wrong" \
			"in the router's DNS, or in /etc/hosts of this and of every machine that uses them:" \
			"$INGRESS_ADDRESS $wrong"
	fi
}

check_firewall() {
	if ufw status 2>/dev/null | grep -q '^Status: active'; then
		mend firewall 'ufw is active and drops what pods send' \
			"ufw allow from $POD_CIDR to any; ufw allow from $SERVICE_CIDR to any" \
			"ufw allow from $LAN to any port $API_SERVER_PORT proto tcp; ufw route allow from $LAN"
	elif is_active firewalld; then
		mend firewall 'firewalld is active and drops what pods send' \
			"firewall-cmd --permanent --zone=trusted --add-source=$POD_CIDR --add-source=$SERVICE_CIDR" \
			"firewall-cmd --permanent --add-port=$API_SERVER_PORT/tcp && firewall-cmd --reload"
	else
		ok firewall 'none that K3s does not make itself'
	fi
}

check_others() {
	others=
	for service in docker podman kubelet rke2-server rke2-agent k3s-agent k0scontroller snap.microk8s.daemon-kubelite; do
		is_active "$service" && others="$others$service "
	done
	[ -d "$root/etc/kubernetes/manifests" ] && others="${others}kubeadm "
	if [ -z "$others" ]; then ok others 'nothing else runs containers'; else
		mend others "also here: $others" \
			'what they run is in no budget, and two Kubernetes contend for ports and firewall rules:' \
			'systemctl disable --now …, or uninstall them'
	fi
	command -v k3s >/dev/null 2>&1 || return 0
	installed=$(k3s --version 2>/dev/null | awk 'NR == 1 { print $3 }')
	[ "$installed" = "$K3S_VERSION" ] && return
	note others "K3s $installed is here, $K3S_VERSION is pinned" 'install.sh replaces it; skip no minor version on the way'
}

case ${1:-} in
-h | --help)
	echo "Usage: sh $0 [PROFILE]    one of: $(profile_names)"
	exit 0
	;;
-*)
	printf 'error: there is no option %s\n  fix: sh %s --help\n' "$1" "$0" >&2
	exit 2
	;;
esac
read_profile "${1:-t495}"

printf 'Profile %s, node %s\n' "$PROFILE" "$NODE_NAME"
check_system
check_memory
check_cpu
check_disk
check_cgroup
check_modules
check_swap
check_time
check_storage
check_ports
check_network
check_addresses
check_names
check_firewall
check_others

if [ "$mends" = 0 ]; then
	echo 'The machine fits.'
	exit 0
fi
printf '%s to mend first.\n' "$mends"
exit 1
