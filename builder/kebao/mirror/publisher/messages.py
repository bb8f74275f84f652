"""Texts of the publisher's side: id → (Chinese, English)."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.mirror.publisher.help_messages import HELP_TEXTS

PUBLISHER_TEXTS: Mapping[str, tuple[str, str]] = {
    **HELP_TEXTS,
    "key-made": (
        "密钥已写入 {path}（私钥，请离线保管）和 {public_path}（公钥）。编号 {keyid}",
        "The key is in {path} (private: keep it offline) and {public_path} (public). Id {keyid}",
    ),
    "key-exists": ("{path} 已经存在；请换一个文件名。", "{path} exists; choose another name."),
    "key-missing": ("没有密钥文件 {path}", "There is no key file {path}"),
    "key-unreadable": (
        "密钥 {path} 打不开（密码不对，或不是密钥文件）：{reason}",
        "The key {path} cannot be opened (wrong password, or no key file): {reason}",
    ),
    "key-pair-differs": (
        "私钥 {path} 与旁边的公钥不是一对。",
        "The private key {path} and the public one beside it differ.",
    ),
    "key-not-in-role": ("密钥 {keyid} 不属于角色 {role}。", "The key {keyid} does not belong to the role {role}."),
    "key-password": ("{path} 的密码：", "Password of {path}: "),
    "key-password-again": ("再输一次：", "Once more: "),
    "key-password-differs": ("两次密码不一样，没有生成密钥。", "The passwords differ; no key was made."),
    "threshold-impossible": (
        "角色 {role} 有 {keys} 把密钥，不能要求 {threshold} 个签名。",
        "The role {role} has {keys} keys; {threshold} signatures cannot be asked for.",
    ),
    "already-initialised": ("{path} 已经初始化过了。", "{path} is initialised already."),
    "not-initialised": (
        "{path} 还没有签名的根文件。请先运行 kebao mirror init，再用根密钥运行 kebao mirror sign --role root。",
        "{path} has no signed root yet. Run kebao mirror init, then kebao mirror sign --role root with the root keys.",
    ),
    "initialised": (
        "根文件已备好，等待根密钥签名：kebao mirror sign --role root --key …",
        "The root waits for its keys: kebao mirror sign --role root --key …",
    ),
    "fingerprint": (
        "根指纹（请印在给学校的正式通知里）：{sha256}",
        "Root fingerprint (print it on the official letter to schools): {sha256}",
    ),
    "metadata-unreadable": ("元数据 {path} 读不懂：{reason}", "The metadata {path} cannot be read: {reason}"),
    "publisher-state-unreadable": (
        "发布记录 {path} 读不懂：{reason}",
        "The list of releases {path} cannot be read: {reason}",
    ),
    "target-missing": (
        "缺少文件 {path}。请从服务器把它拷回来。",
        "The file {path} is missing. Copy it back from the server.",
    ),
    "file-changed-meanwhile": (
        "文件在处理过程中变了：{path}。请等网站生成完毕后再运行。",
        "The file changed meanwhile: {path}. Wait until the site is built, then run this again.",
    ),
    "not-a-plain-file": (
        "只能发布普通文件，这个不是：{path}",
        "Only plain files can be published, and this is none: {path}",
    ),
    "loads-from-outside": (
        "{path}：会从校外网络加载 {address}",
        "{path}: loads {address} from the internet",
    ),
    "dead-link": ("{path}：链接打不开 {address}", "{path}: the link leads nowhere: {address}"),
    "folder-without-index": (
        "{path}：链接指向没有 index.html 的文件夹 {address}",
        "{path}: the link leads to a folder without index.html: {address}",
    ),
    "address-from-root": (
        "{path}：地址 {address} 以 / 开头，在优盘上打不开",
        "{path}: the address {address} begins with /, which does not work from a stick",
    ),
    "file-too-big-for-fat32": (
        "{path}：{size} 字节，超过 FAT32 的限制，在优盘上会分段存放，不能直接打开",
        "{path}: {size} bytes is more than FAT32 can hold; on sticks it lies in parts and cannot be opened there",
    ),
    "check-passed": ("共 {files} 个文件，没有问题。", "{files} files, nothing wrong."),
    "check-failed": (
        "发现 {count} 个必须改正的问题，没有发布。",
        "{count} problems must be mended; nothing was released.",
    ),
    "check-more": ("还有 {count} 个。", "And {count} more."),
    "version-exists": ("版本 {version} 已经有了；请换一个版本号。", "The version {version} exists; choose another."),
    "nothing-changed": (
        "内容与版本 {version} 完全一样，没有生成新版本。",
        "The content is that of version {version}; there is nothing to release.",
    ),
    "staged": (
        "第 {number} 版（{version}）已备好：{files} 个文件，{megabytes} MB；更新包 {pack_megabytes} MB。"
        "等待签名：kebao mirror sign",
        "Release {number} ({version}) is ready: {files} files, {megabytes} MB; packs {pack_megabytes} MB. It "
        "waits for signatures: kebao mirror sign",
    ),
    "tidied": ("清理了 {count} 个旧文件。", "{count} old files were removed."),
    "signed": ("已签名：{what}", "Signed: {what}"),
    "still-waiting": (
        "{role} 第 {version} 版还缺 {missing} 个签名",
        "{role} {version} needs {missing} more signatures",
    ),
    "all-signed": ("签名齐全，可以发布：kebao mirror publish", "All signatures are there: kebao mirror publish"),
    "nothing-to-sign": ("没有等待这把密钥签名的内容（{roles}）。", "Nothing waits for this key ({roles})."),
    "folder-not-empty": ("{path} 不是空文件夹。", "{path} is not empty."),
    "carried-out": (
        "待签名的内容已写入 {path}。在离线电脑上运行：kebao mirror sign --out {path} --key …",
        "What is to be signed is in {path}. On the offline computer run: kebao mirror sign --out {path} --key …",
    ),
    "carried-in": ("取回了 {count} 个签名。", "{count} signatures were taken."),
    "signed-something-else": (
        "{path} 里签名的 {role} 与这里等待的不是同一份，没有采用。",
        "The {role} that was signed in {path} is not the one that waits here; it was not taken.",
    ),
    "no-new-signatures": ("{path} 里没有新的签名。", "{path} holds no new signatures."),
    "nothing-signed": ("{path} 里还没有签好名的版本。", "{path} holds no signed release yet."),
    "destination-unknown": ("不认识的目的地 {name}：{reason}", "The destination {name} is not known: {reason}"),
    "destination-failed": (
        "送往 {name} 失败：{reason}。学校看到的还是上一版。请检查网络、账号和剩余空间，再运行一次 publish，"
        "已送到的不会重送。",
        "Sending to {name} failed: {reason}. Schools still see the release before. Check the line, the login and the "
        "space there, then run publish again: what arrived is not sent twice.",
    ),
    "program-missing": ("这台电脑没有 {program} 程序。", "This computer has no program {program}."),
    "rsync-failed": ("rsync 失败（{code}）：{reason}", "rsync failed ({code}): {reason}"),
    "published": (
        "第 {number} 版（{version}）已发布，学校可以更新。",
        "Release {number} ({version}) is published; schools can pull it.",
    ),
    "published-hidden": (
        "第 {number} 版（{version}）的文件已送到。请在服务器上运行 kebao mirror renew --role timestamp，学校才能看到。",
        "The files of release {number} ({version}) are there. Schools see it after kebao mirror renew --role "
        "timestamp on the server.",
    ),
    "release-incomplete": (
        "新版本的文件还没有到齐，缺 {count} 个，例如 {path}。请先重新运行 publish。",
        "The new release is not whole: {count} files are missing, such as {path}. Run publish again first.",
    ),
    "renewed": ("{role} 已更新，有效期到 {expires}。", "The {role} is renewed, valid until {expires}."),
    "no-such-version": ("没有版本 {version}。", "There is no version {version}."),
    "revoke-newest-only": (
        "版本 {version} 已被 {newest} 取代，不用撤回。",
        "The version {version} was replaced by {newest} already; there is nothing to revoke.",
    ),
    "nothing-before": ("版本 {version} 之前没有可用的版本。", "There is no version before {version} to go on with."),
    "rotated": (
        "新的根文件已备好，等待新旧根密钥签名：kebao mirror sign --role root --key …",
        "The new root waits for the old and the new root keys: kebao mirror sign --role root --key …",
    ),
    "not-in-release": ("这一版里没有 {names}；有的是：{known}", "The release does not have {names}; it has: {known}"),
    "stick-too-small": (
        "放不下：去掉视频后仍需要 {needed} 字节，只有 {size} 字节。请少选几个课包或语言。",
        "It does not fit: {needed} bytes are needed without videos, and there are {size}. Choose fewer "
        "packages or locales.",
    ),
    "stick-full": (
        "{path} 的空间不够：需要 {needed} 字节，剩余 {free} 字节。没有写入任何内容。",
        "{path} has not enough room: {needed} bytes are needed and {free} are free. Nothing was written.",
    ),
    "stick-needs-timestamp": (
        "{path} 里没有这一版的 timestamp。请签名，或从服务器拷回 .mirror/metadata/timestamp.json。",
        "{path} has no timestamp of this release. Sign it, or copy .mirror/metadata/timestamp.json back from "
        "the server.",
    ),
    "no-stick": ("{path} 不是课包优盘。", "{path} is no Kebao stick."),
    "exported": (
        "优盘已写好：{path}，共 {files} 个文件（新写 {written} 个），{megabytes} MB。",
        "The stick is ready: {path}, {files} files ({written} newly written), {megabytes} MB.",
    ),
    "exported-left-out": ("没有放进去的视频：{count} 个。", "Videos left out: {count}."),
    "wrong-duration": (
        "期限写得不对：{text}。例如 root=3y,timestamp=100d",
        "Not a duration: {text}. Write for example root=3y,timestamp=100d",
    ),
    "wrong-size": ("大小写得不对：{text}。例如 32G", "Not a size: {text}. Write for example 32G"),
}
