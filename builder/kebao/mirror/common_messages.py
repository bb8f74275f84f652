"""Texts that the publisher's and the school's side share: id → (Chinese, English)."""

from __future__ import annotations

from collections.abc import Mapping

COMMON_TEXTS: Mapping[str, tuple[str, str]] = {
    "program": ("签名发布与镜像资源包网站", "publish and mirror resource package sites, signed"),
    "help-language": ("提示语言：zh 或 en", "the language of the texts: zh or en"),
    "help-help": ("显示本说明", "show this help"),
    "command": ("命令", "COMMAND"),
    "folder": ("文件夹", "FOLDER"),
    "file": ("文件", "FILE"),
    "wrong-arguments": ("命令写得不对：{reason}", "The command is not right: {reason}"),
    "stopped": ("已中止。", "Stopped."),
    "computer-refused": ("电脑拒绝了操作：{reason}", "The computer refused: {reason}"),
    "disk-full": (
        "磁盘已满（{path}）。请清理出空间后再运行一次，已完成的部分不会丢失。",
        "The disk is full ({path}). Make room and run the command again; nothing done so far is lost.",
    ),
    "missing-library": (
        "缺少组件 {library}。请运行：pip install {library}",
        "The library {library} is missing. Run: pip install {library}",
    ),
    "no-such-folder": ("没有这个文件夹：{path}", "There is no such folder: {path}"),
    "manifest-unreadable": ("清单 {name} 读不懂：{reason}", "The manifest {name} cannot be read: {reason}"),
    "catalog-unreadable": ("目录 catalog.json 读不懂：{reason}", "catalog.json cannot be read: {reason}"),
    "unsafe-path": ("路径不安全，已拒绝：{path}", "The path is unsafe and was refused: {path}"),
    "pack-unreadable": ("更新包损坏：{reason}", "The pack is damaged: {reason}"),
    "delta-unreadable": ("增量文件损坏：{reason}", "The delta is damaged: {reason}"),
    "wrong-old-file": ("增量文件需要另一个旧版本：{sha256}", "The delta needs another old file: {sha256}"),
    "wrong-hash": ("内容与签名的清单不一致：{name}", "The content is not what was signed: {name}"),
    "name-escapes": ("路径跳出了文件夹：{path}", "The path leads out of the folder: {path}"),
    "name-absolute": ("路径是绝对路径：{path}", "The path is absolute: {path}"),
    "name-backslash": ("名称里有反斜杠：{path}", "The name has a backslash: {path}"),
    "name-control": ("名称里有控制字符：{path}", "The name has a control character: {path}"),
    "name-empty": ("路径里有空的名称：{path}", "The path has an empty name: {path}"),
    "name-character": (
        'Windows 不允许名称里有 < > : " | ? *：{path}',
        'Windows does not allow < > : " | ? * in names: {path}',
    ),
    "name-reserved": ("Windows 保留的名称：{path}", "The name is reserved by Windows: {path}"),
    "name-trailing": ("名称不能以点或空格结尾：{path}", "The name ends with a dot or a space: {path}"),
    "name-too-long": (
        "名称太长（最多 64 个字符）：{path}",
        "The name is too long (at most 64 characters): {path}",
    ),
    "path-too-long": (
        "路径太长（最多 200 个字符）：{path}",
        "The path is too long (at most 200 characters): {path}",
    ),
    "name-not-nfc": ("名称不是标准写法（NFC）：{path}", "The name is not in normal form (NFC): {path}"),
    "name-not-text": ("名称不是正确的 UTF-8：{path}", "The name is not valid UTF-8: {path}"),
    "name-twins": (
        "两个名称在 Windows 上无法区分：{path} 和 {other}",
        "Windows cannot tell these two names apart: {path} and {other}",
    ),
    "name-file-and-folder": (
        "同一个名称既是文件又是文件夹：{path} 和 {other}",
        "One name is a file and a folder at once: {path} and {other}",
    ),
}
