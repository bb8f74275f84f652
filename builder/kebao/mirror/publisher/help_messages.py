"""Help texts of the publisher's commands: id → (Chinese, English)."""

from __future__ import annotations

from collections.abc import Mapping

HELP_TEXTS: Mapping[str, tuple[str, str]] = {
    "help-keygen": ("生成一把签名密钥", "make a signing key"),
    "help-init": ("建立发布文件夹：规定哪些密钥签什么", "set up a publisher's folder: which keys sign what"),
    "help-check": (
        "检查网站能否在学校使用：文件名、链接、外部地址",
        "check a site for schools: names, links, external addresses",
    ),
    "help-release": ("把网站做成新版本，等待签名", "make a release of a site, to be signed"),
    "help-sign": ("给等待签名的内容签名", "sign what waits for signatures"),
    "help-publish": ("把签好名的版本送到服务器", "send the signed release to a server"),
    "help-renew": ("延长有效期；在服务器上让新版本可见", "renew validity; on the server, make a new release visible"),
    "help-export": ("写一个优盘", "write a stick"),
    "help-revoke": (
        "撤回最新版本：发布一个内容为上一版的新版本",
        "revoke the newest release: a new one with the content before it",
    ),
    "help-rotate-key": ("更换密钥", "change the keys of a role"),
    "help-pub-out": ("发布文件夹（默认 mirror-out）", "the publisher's folder (mirror-out)"),
    "help-pub-role": ("角色：root、targets、snapshot 或 timestamp", "the role: root, targets, snapshot or timestamp"),
    "help-key": ("私钥文件；可写多个", "a private key file; may be given more than once"),
    "help-key-out": (
        "私钥写到哪里；公钥在它旁边，多 .pub",
        "where the private key goes; the public one beside it ends in .pub",
    ),
    "help-no-password": (
        "不加密码（只用于服务器上的 timestamp 密钥）",
        "without a password (for the timestamp key of a server only)",
    ),
    "help-password-file": ("密码在这个文件的第一行", "the password is the first line of this file"),
    "help-role-key": ("公钥文件；可写多个", "a public key file; may be given more than once"),
    "help-root-threshold": (
        "根文件要几个签名（默认 2，只有一把密钥时 1）",
        "how many signatures a root needs (2; 1 when there is one key)",
    ),
    "help-expires": ("有效期，例如 root=3y,targets=400d", "how long metadata is accepted, as in root=3y,targets=400d"),
    "help-site": ("做好的网站文件夹", "the folder of the finished site"),
    "help-version": ("版本号", "the version"),
    "help-long-term": (
        "长期版本：以后的版本都保留从它开始的增量包",
        "for long: later releases keep a delta from this one",
    ),
    "help-pub-keep": ("发布文件夹里保留几个版本（默认 3）", "how many releases stay in the publisher's folder (3)"),
    "help-skip-links": ("不检查链接", "do not check links"),
    "help-carry-out": (
        "把待签名的内容写到这个文件夹，带到离线电脑",
        "write what is to be signed here, for a computer without a network",
    ),
    "help-carry-in": ("从这个文件夹取回签名", "take the signatures from this folder"),
    "help-destination": (
        "文件夹、用户@主机:/路径（rsync），或 s3://、webdav:// 等地址",
        "a folder, user@host:/path (rsync), or an address such as s3:// or webdav://",
    ),
    "help-days": ("有效期，例如 100d", "how long it is accepted, as in 100d"),
    "help-stick": ("优盘", "the stick"),
    "help-pub-packages": ("只要这些课包，用逗号隔开", "only these packages, with commas"),
    "help-pub-locale": ("只要这些语言，用逗号隔开", "only these locales, with commas"),
    "help-without-video": ("不要视频", "without videos"),
    "help-size": (
        "优盘容量，例如 32G；放不下时先去掉最大的视频",
        "the stick's size, as in 32G; the biggest videos go first",
    ),
    "help-reason": ("原因，学校会看到", "the reason; schools see it"),
    "help-as": ("新版本的版本号", "the version of the new release"),
    "help-add": ("新增的公钥文件", "a public key file to add"),
    "help-remove": ("去掉的密钥：编号或公钥文件", "a key to remove: its id or public file"),
    "help-threshold": ("要几个签名", "how many signatures it takes"),
}
