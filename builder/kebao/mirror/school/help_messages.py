"""Texts of the help of the school's commands: id → (Chinese, English)."""

from __future__ import annotations

from collections.abc import Mapping

HELP_TEXTS: Mapping[str, tuple[str, str]] = {
    "help-join": ("加入：让一个文件夹成为发布方的镜像", "make a folder the mirror of a publisher"),
    "help-join-source": (
        "来源：网址、邻校的网址、文件夹或盘符，按先后顺序",
        "sources in their order: an address, a neighbour's address, a folder or a drive",
    ),
    "help-root-sha256": ("通知上印的指纹（64 位）", "the fingerprint printed on the letter (64 digits)"),
    "help-packages": ("只要这些资源包，用逗号隔开；all 为全部", "only these packages, with commas; all for all"),
    "help-locales": ("只要这些语言，用逗号隔开；all 为全部", "only these locales, with commas; all for all"),
    "help-limit": ("限速，如 200k 或 2M（每秒字节）", "at most so many bytes a second: 200k, 2M"),
    "help-until": ("到这个时间就停，如 06:00", "stop at this time of day"),
    "help-keep": ("保留几版，至少 2", "how many releases to keep, at least 2"),
    "help-mirror": ("镜像文件夹，默认为当前文件夹", "the mirror's folder; the current one by default"),
    "help-pull": ("更新到最新一版", "get the newest release"),
    "help-from": ("先从这里取（U 盘、邻校），可多次", "ask this source first: a stick, a neighbour; may be repeated"),
    "help-only": ("只用 --from 的来源", "ask only the sources of --from"),
    "help-today": (
        "电脑日期不对时，由您确认今天的日期（会记录）",
        "today's date as you confirm it, when the PC's is wrong (this is recorded)",
    ),
    "help-accept-stale": (
        "接受已过期的来源；签名和校验照常检查",
        "take an expired source; signatures and hashes are checked all the same",
    ),
    "help-status": ("查看版本、新旧和有效期", "which release is here, how old it is, until when it is current"),
    "help-verify": ("把磁盘上的内容与签名逐一核对", "compare what is on the disk with what was signed"),
    "help-full": ("全部核对（默认）", "every file (the default)"),
    "help-sample": ("只核对一部分，每天不同", "a part of the files, another part every day"),
    "help-repair": ("重新取得损坏的文件", "get damaged files again"),
    "help-rollback": ("让读者看前一版，并固定", "show an earlier release, and stay there"),
    "help-to": ("退回到哪一版（编号或版本）", "which release: its number or version"),
    "help-unpin": ("恢复到最新一版", "show the newest release again"),
    "help-gc": ("清理旧版", "remove old releases"),
    "help-doctor": ("检查电脑、磁盘、时间和来源", "look at the PC, the disk, the clock and the sources"),
    "help-serve": ("把镜像提供给校园网", "serve the mirror to the school's network"),
    "help-port": ("端口，默认 8080", "the port; 8080 by default"),
    "help-host": (
        "监听的地址；默认全部，127.0.0.1 只限本机",
        "the address to listen at; all by default, 127.0.0.1 for this PC only",
    ),
}
