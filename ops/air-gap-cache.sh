#!/usr/bin/env bash
# 在能上网的机器上准备离线安装包：程序（一个提交）、它的全部依赖（npm 缓存）和校验和。
# 用法：ops/air-gap-cache.sh 输出目录 [提交，默认 HEAD]
# 然后把输出目录整个拷到不上网的机器（同样的系统和处理器，Node 20.19 以上、npm 已装好），在那里执行其中的 install.sh。
set -euo pipefail

out=${1:?用法：ops/air-gap-cache.sh 输出目录 [提交]}
commit=${2:-HEAD}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ -e "$out" ] && [ -n "$(ls -A "$out")" ]; then
  echo "“$out”不是空目录，没有改动。请换一个。" >&2
  exit 1
fi
mkdir -p "$out"
out=$(cd "$out" && pwd)
try=$(mktemp -d)
trap 'rm -rf "$try"' EXIT

git -C "$root" archive --format=tar --prefix=minben/ "$commit" | tee "$out/minben.tar" | tar x -C "$try"
echo '正在取全部依赖……'
(cd "$try/minben" && npm ci --ignore-scripts --prefer-offline --cache "$out/npm-cache" >/dev/null)
rm -rf "$out/npm-cache/_logs" "$out/npm-cache/_update-notifier-last-checked"

cat > "$out/install.sh" <<'INSTALL'
#!/usr/bin/env bash
# 在不上网的机器上安装：核对校验和，解开程序，从缓存安装依赖，构建办公端。用法：./install.sh 安装目录
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
to=${1:?用法：./install.sh 安装目录}
if ! (cd "$here" && sha256sum --quiet -c SHA256SUMS); then
  echo '上面列出的文件与打包时不同或不在，没有安装。请重新拷贝。' >&2
  exit 1
fi
mkdir -p "$to"
tar x --strip-components=1 -C "$to" -f "$here/minben.tar"
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
cp -r "$here/npm-cache/." "$cache"
cd "$to"
npm ci --offline --cache "$cache"
npm run build
echo "已安装到 $to。启动：cd $to && npm start"
INSTALL
chmod +x "$out/install.sh"
(cd "$out" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
echo "已准备好：$out（$(du -sh "$out" | cut -f1)）。"
