#!/bin/sh
# Puts the six Fandol faces (宋, 黑, 楷, 仿宋) and their licence into .cache/fonts/. They come out of Debian's archive of
# `texlive-lang-chinese`, which is fetched without root and without installing TeX, and are kept only if their digests
# are those in themes/fonts.sha256. Without them the build goes on with Noto Serif CJK SC: one message, status 0, and
# the next run tries again.
set -eu
cd "$(dirname "$0")/.."
fonts=.cache/fonts
digests=$PWD/themes/fonts.sha256
archive=texlive-lang-chinese
mkdir -p $fonts

# Says whether folder $1 holds every face, unchanged.
all_faces_in() {
    if command -v sha256sum >/dev/null; then
        (cd "$1" && sha256sum --check --status "$digests" 2>/dev/null)
    else
        (cd "$1" && shasum -a 256 --check --status "$digests" 2>/dev/null)
    fi
}

# Says once what is missing and why ($1 Chinese, $2 English) and ends: a library in Noto is better than none.
go_without() {
    cat >&2 <<END
没有找到 Fandol 字体（$1），仿宋、楷体、黑体、宋体暂用 Noto Serif CJK SC 代替；下次运行 make 时再试。
No Fandol fonts ($2): Noto Serif CJK SC stands in for them; the next make tries again.
END
    touch $fonts/.missing
    exit 0
}

if all_faces_in $fonts; then exit 0; fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    go_without "这里没有 apt：请从 CTAN 下载 fandol.zip，把其中的 .otf 文件放进 $fonts/" \
        "no apt here: fetch fandol.zip from CTAN by hand and put its .otf files into $fonts/"
fi

# After a run without success only a short try, so that a machine that is offline does not wait at every make.
if [ -e $fonts/.missing ]; then stall=3 update=15; else stall=20 update=120; fi
work=$PWD/.cache/fonts.new
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/faces"

# Runs apt-get with everything it writes in $work; the arguments come after the limit in seconds. $lists names a folder
# for package lists, the machine's where it is empty.
lists=
apt() {
    limit=$1
    shift
    (cd "$work" && timeout "$limit" apt-get -q -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" \
        -o Acquire::Retries=0 -o Acquire::http::Timeout=$stall -o Acquire::https::Timeout=$stall \
        -o Acquire::Languages=none ${lists:+-o "Dir::State::Lists=$lists"} "$@" >>log 2>&1)
}

echo '下载字体 Fetching the fonts: Fandol'
# The machine's own package lists first; where there are none, or they name an archive that is gone, lists of our own.
if ! apt 900 download $archive; then
    rm -f "$work"/$archive*
    # One source that does not answer, or a hook of the machine's that fails, does no harm: the download decides.
    lists=$work/lists
    { apt $update update || true; apt 900 download $archive; } ||
        go_without "无法取得 Debian 软件包 $archive" "Debian's archive $archive could not be had"
fi

dpkg-deb --fsys-tarfile "$work"/${archive}_*.deb |
    tar -x -C "$work/faces" --wildcards --transform 's,.*/,,' '*/fonts/opentype/public/fandol/*.otf' '*/fonts/fandol/[CR]*'
all_faces_in "$work/faces" || go_without "$archive 里的字体与 themes/fonts.sha256 不符" \
    "the faces in $archive are not those of themes/fonts.sha256"
[ ! -e "$work/faces/COPYING.gz" ] || gzip -df "$work/faces/COPYING.gz"
while read -r _ face; do mv "$work/faces/$face" $fonts/; done <"$digests"
for text in COPYING README; do [ ! -e "$work/faces/$text" ] || mv "$work/faces/$text" $fonts/; done
rm -f $fonts/.missing
