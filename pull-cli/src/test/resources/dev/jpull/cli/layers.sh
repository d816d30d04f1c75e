#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: layers.sh BASE OUT
# Packs the tree BASE as the first layer of an image, and four layers above it with whatever tar and OCI layers can express:
# OUT/layer-1.tar to OUT/layer-5.tar. As root also devices, owners, capabilities.
set -euo pipefail
export LC_ALL=C
base=$1 out=$2
mkdir -p "$out"
root=$([ "$(id -u)" = 0 ] && echo yes || echo no)
pack() { # LAYER FORMAT
  tar --create --file "$out/layer-$1.tar" --format "$2" --numeric-owner --sparse --xattrs --xattrs-include='*' --sort=name \
    --directory "$out/l$1" .
}
as_root() { if [ $root = yes ]; then "$@"; fi; }

# 1: the base, with names and directories that the other layers change.
cp -a --reflink=auto "$base" "$out/l1"
cd "$out/l1"
mkdir -p sample/{removed/deep,opaque/deep,file-here,kept,moved} etc usr/bin
echo 1 > sample/removed/deep/file; echo 1 > sample/opaque/deep/file; echo 1 > sample/opaque/file; echo 1 > sample/file-here/file
echo 1 > sample/directory-here; echo 1 > sample/link-here; ln -s kept sample/was-link; ln -s kept sample/link-kept
echo 1 > sample/kept/one; echo 1 > sample/kept/gone; echo shared > sample/kept/shared; ln sample/kept/shared sample/moved/shared
touch -d '2001-02-03 04:05:06.123456789Z' sample/kept/one sample/kept
[ -e bin ] || ln -s usr/bin bin
pack 1 pax

# 2: everything that a file can be.
mkdir -p "$out/l2/special/deep"
cd "$out/l2/special"
echo data > plain; chmod 640 plain; ln plain hard; ln plain deep/hard; ln -s plain symlink; ln -s /absolute/missing dangling
ln symlink hard-to-symlink
mkfifo pipe; chmod 622 pipe
truncate -s 8M sparse; echo middle | dd of=sparse bs=1 seek=4000000 conv=notrunc status=none; truncate -s 1M hole
echo x > "$(printf 'n%.0s' {1..255})"
long=$(printf 'd%.0s' {1..120}); mkdir -p "$long/$long/$long"; echo x > "$long/$long/$long/file"; ln "$long/$long/$long/file" long-hard
ln -s "$long/$long/$long/file" long-symlink
echo x > "$(printf 'not\xffutf8')"; echo x > "$(printf 'gr\xc3\xbc\xc3\x9fe')"; echo x > $'new\nline'; echo x > 'back\slash'; echo x > ' blank '
touch -h -d '1969-12-31 23:59:58.5Z' old 2>/dev/null || touch -d '1969-12-31 23:59:58.5Z' old
touch -d '2040-01-01 00:00:00.000000001Z' future
touch -h -d '2002-03-04 05:06:07.000000008Z' symlink
mkdir sticky setgid empty readonly; chmod 1777 sticky; chmod 2755 setgid; echo x > readonly/file; chmod 555 readonly
echo x > setuid; echo x > setgid-file
as_root chown 1234:5678 plain symlink sticky; as_root chown 2147483647:65534 old
chmod 4755 setuid; chmod 2755 setgid-file
if command -v setfattr > /dev/null; then
  setfattr -n user.note -v 'a value' plain; setfattr -n user.binary -v 0x000102ff deep; setfattr -n user.empty old
fi
echo x > capable; if command -v setcap > /dev/null; then as_root setcap cap_net_raw+ep capable; fi
as_root mknod null c 1 3; as_root mknod disk b 8 65; as_root mknod large c 511 262143
touch -d '2003-04-05 06:07:08.9Z' deep readonly .
pack 2 pax

# 3: whiteouts and replacements.
mkdir -p "$out/l3/sample"/{opaque/deep,directory-here,kept,was-link} "$out/l3/etc"
cd "$out/l3"
touch sample/.wh.removed sample/opaque/.wh..wh..opq sample/kept/.wh.gone
echo 3 > sample/opaque/deep/new; echo 3 > sample/directory-here/new; echo 3 > sample/file-here; ln -s kept sample/link-here; echo 3 > sample/was-link/new
chmod 711 sample/kept; touch -d '2004-01-01 00:00:01Z' sample/kept
pack 3 gnu

# 4: a hard link to a file of the lowest layer, a file through a link of it, another mode of a directory, a tree removed.
mkdir -p "$out/l4/sample"/{kept,moved} "$out/l4/special"
cd "$out/l4"
echo shared > sample/kept/shared; ln sample/kept/shared sample/moved/again
touch special/.wh.deep special/.wh.hard; chmod 700 special
touch -d '2005-01-01 00:00:01Z' sample sample/kept sample/moved special
pack 4 ustar
tar --delete --file "$out/layer-4.tar" ./sample/kept/shared
mkdir -p "$out/through/bin"; echo 4 > "$out/through/bin/through-link"
tar --append --file "$out/layer-4.tar" --format ustar --numeric-owner --directory "$out/through" bin/through-link

# 5: nothing, as layers of changes that leave no trace are.
mkdir -p "$out/l5"; tar --create --file "$out/layer-5.tar" --files-from /dev/null
chmod -R u+rwx "$out"/l? ; rm -rf "$out"/l? "$out/through"
