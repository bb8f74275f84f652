"""What a stick says about itself: its first page when it holds a part of the site, and its text file."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from kebao.mirror.layout import SITE_PACKAGE
from kebao.mirror.publisher.releases import SignedRelease
from kebao.mirror.publisher.stick_plan import StickPlan

_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.S | re.I)
_PAGE = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>课包 · {version}</title>
<style>body{{font:1.1rem/1.7 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}
li{{margin:.4rem 0}}small{{color:#555}}</style>
<h1>课包</h1>
<p>版本 {version} · Edition {version}</p>
<ul>
{items}
</ul>
<p><small>这里是资源网站的一部分；指向其余部分的链接打不开。<br>
This is a part of the site; links to the rest of it do not open.</small></p>
</html>
"""
_READ_ME = """课包 Kebao {version}

打开：双击 index.html。
本校镜像更新：kebao mirror pull --from <本文件夹>
请勿改动 .mirror 文件夹和 r 文件夹，其中的文件都有签名。
{left_out_zh}
To read: double-click index.html.
To update a school's mirror: kebao mirror pull --from <this folder>
Do not change the folders .mirror and r: their files are signed.
{left_out_en}"""


def stick_page(release: SignedRelease, plan: StickPlan, folder: str) -> bytes:
    """The first page: a link to each unit, by its own title."""
    items = []
    paths = {file.path: file.sha256 for file in plan.files}
    for package, locale in plan.units:
        start = _start_page(paths, package, locale)
        if start:
            title = _title(release, paths[start]) or f"{package} · {locale}"
            address = quote(f"{folder}/{start}")
            items.append(f'<li><a href="{address}">{html.escape(title)}</a> <small>{package} · {locale}</small></li>')
    version = html.escape(release.catalog.version)
    return _PAGE.format(version=version, items="\n".join(items)).encode()


def read_me(version: str, plan: StickPlan) -> bytes:
    """The text file; with a mark that tells Windows' editor that it is UTF-8."""
    count = len(plan.left_out)
    zh = f"有 {count} 个视频没有放进来，名单见 .mirror/stick.json。\r\n" if count else ""
    en = f"{count} videos were left out; .mirror/stick.json lists them.\r\n" if count else ""
    text = _READ_ME.format(version=version, left_out_zh=zh, left_out_en=en)
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")


def _start_page(paths: dict[str, str], package: str, locale: str) -> str:
    if package == SITE_PACKAGE:
        return ""
    candidates = [path for path in paths if path.startswith(f"{package}/{locale}/") and path.endswith("/index.html")]
    return min(candidates, key=lambda path: (path.count("/"), path), default="")


def _title(release: SignedRelease, sha256: str) -> str:
    with release.workspace.object_path(sha256).open("rb") as stream:
        match = _TITLE.search(stream.read(64 << 10))
    return html.unescape(match[1].decode(errors="replace")).strip() if match else ""
