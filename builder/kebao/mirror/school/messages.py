"""Texts of the school's side: id → (Chinese, English). Each says what happened and, where one can do something,
what."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.mirror.school.help_messages import HELP_TEXTS

_TRUST_TEXTS: Mapping[str, tuple[str, str]] = {
    "school-bad-fingerprint": (
        "指纹应有 64 位十六进制数字（0–9、a–f），您输入了 {count} 位。请对照县里发的通知重新输入。",
        "A fingerprint has 64 digits (0–9, a–f); {count} were given. Compare it with the letter and type it again.",
    ),
    "school-wrong-fingerprint": (
        "{source} 上没有与此指纹相符的根证书：\n{given}\n请与通知逐组核对；若仍不符，请打电话向发布方确认，不要继续。",
        "No root at {source} has this fingerprint:\n{given}\nCompare it with the letter group by group. "
        "If it is right, telephone the publisher; do not go on.",
    ),
    "school-bad-signature": (
        "{source} 的签名不是发布方的，已拒绝，现有内容不受影响。请换一个来源，或告诉发布方。（{detail}）",
        "What {source} offers was not signed by the publisher and was refused; what you have is untouched. "
        "Use another source, or tell the publisher. ({detail})",
    ),
    "school-garbled": (
        "{source} 的元数据损坏，已拒绝，现有内容不受影响。如果是 U 盘，请重新制作；否则请稍后再试。（{detail}）",
        "The metadata of {source} are damaged and were refused; what you have is untouched. "
        "If it is a stick, make it anew; else try again later. ({detail})",
    ),
    "school-older": (
        "{source} 比本校已有的旧，或只拷贝了一半，没有使用。请换用较新的来源或 U 盘。",
        "{source} is older than what this school has, or half copied; it was not used. Use a newer source or stick.",
    ),
    "school-expired": (
        "{source} 的签名已于 {expired} 过期（本机认为今天是 {today}）。现有内容照常可用。"
        "请先核对电脑日期：若不对，改正后再试，或加 --today 年-月-日；若日期正确，请向县里要新的；"
        "确实只有旧 U 盘时可加 --accept-stale。",
        "What {source} offers expired on {expired} (this PC believes that today is {today}). What you have can still "
        "be "
        "read. First look at the PC's date: if it is wrong, set it or add --today YYYY-MM-DD. If it is right, ask the "
        "county for a newer copy; when an old stick is all there is, add --accept-stale.",
    ),
    "school-expired-signed": (
        "{source} 签发于 {signed}，已于 {expired} 过期（本机认为今天是 {today}）。现有内容照常可用。"
        "请先核对电脑日期：若不对，改正后再试，或加 --today 年-月-日；若日期正确，请向县里要新的；"
        "确实只有旧 U 盘时可加 --accept-stale。",
        "What {source} offers was signed on {signed} and expired on {expired} (this PC believes that today is "
        "{today}). "
        "What you have can still be read. First look at the PC's date: if it is wrong, set it or add --today "
        "YYYY-MM-DD. "
        "If it is right, ask the county for a newer copy; when an old stick is all there is, add --accept-stale.",
    ),
    "school-root-expired": (
        "发布方的根证书已于 {expired} 过期（来源 {source}，本机认为今天是 {today}）。现有内容照常可用。"
        "请先核对电脑日期：若不对，改正后再试，或加 --today 年-月-日；日期正确的话，请告诉发布方更新根证书。",
        "The publisher's root expired on {expired} (at {source}; this PC believes that today is {today}). What you "
        "have "
        "can still be read. First look at the PC's date: if it is wrong, set it or add --today YYYY-MM-DD; if it is "
        "right, the publisher has to renew the root.",
    ),
    "school-accepting-stale": (
        "按您的要求接受 {source} 已过期（{expired}）的内容；签名、版本和校验仍全部检查。",
        "Taking what {source} offers although it expired on {expired}, as you asked; signatures, versions and hashes "
        "are "
        "checked all the same.",
    ),
    "school-is-stale": (
        "注意：这一版来自已过期的来源，状态记为“陈旧”，直到从新来源更新。",
        "Note: this release came from an expired source and is marked stale until a newer source is pulled from.",
    ),
    "school-root-damaged": (
        "{path} 损坏，将按指纹重新取得。",
        "{path} is damaged and is fetched again by its fingerprint.",
    ),
    "school-root-nowhere": (
        "{path} 损坏，且没有来源能提供。请接上网络或 U 盘，再运行一次 pull。",
        "{path} is damaged and no source has it. Connect a source or a stick and run pull again.",
    ),
    "school-no-catalog": (
        "来源里没有签名的目录 catalog.json。请告诉发布方。",
        "No catalog.json was signed. Tell the publisher.",
    ),
    "school-unit-unsigned": (
        "目录里有 {name}，但没有它的签名。请告诉发布方。",
        "The catalogue names {name}, which was not signed. Tell the publisher.",
    ),
    "school-wrong-bytes": (
        "{source} 给的 {name} 与签名的内容不符，已丢弃。请换一个来源，或稍后再试。",
        "{source} gave a {name} that is not what was signed; it was thrown away. Use another source or try again "
        "later.",
    ),
    "school-clock-plausible": (
        "电脑时间 {clock}，与签名时间（{signed}）不矛盾。",
        "The PC's clock says {clock}, which agrees with what was signed ({signed}).",
    ),
    "school-clock-behind": (
        "电脑时间 {clock} 不对：{signed} 签发的内容已经在这里。先按签名时间判断；"
        "请把电脑时间改正（主板电池可能没电了）。",
        "The PC's clock says {clock}, which is wrong: something signed on {signed} is here already. That date is "
        "used for "
        "now; please set the clock (its battery may be empty).",
    ),
    "school-clock-unknown": (
        "电脑时间 {clock}；还没有签名时间可以核对（{signed}）。",
        "The PC's clock says {clock}; nothing signed is here yet to compare it with ({signed}).",
    ),
}

_LINE_TEXTS: Mapping[str, tuple[str, str]] = {
    "school-unreachable": (
        "连不上 {source}。请检查网线、网址或 U 盘，然后再运行一次。（{detail}）",
        "{source} does not answer. Check the cable, the address or the stick, and run it again. ({detail})",
    ),
    "school-not-a-mirror": (
        "{source} 里没有镜像（缺少 .mirror/metadata）。请核对网址或 U 盘的盘符。",
        "There is no mirror at {source} (no .mirror/metadata). Check the address, or the letter of the stick.",
    ),
    "school-half-published": (
        "{source} 上的新一版还没有放全，现有内容不受影响。请一小时后再试；U 盘则请重新制作。（{detail}）",
        "The newest release at {source} is not all there yet; what you have is untouched. Try again in an hour; if it "
        "is a stick, make it anew. ({detail})",
    ),
    "school-web-page": (
        "{source} 返回的是网页而不是文件，多半是校园网的登录页面。请先用浏览器登录网络，再运行一次。",
        "{source} answers with a web page, most likely the network's login page. Log in with a browser, then run it "
        "again.",
    ),
    "school-stick-gone": (
        "从 {source} 复制 {name} 时读不到了（U 盘拔出了？）。已复制的部分已保存，插好后再运行一次 pull，会接着复制。",
        "{source} could not be read any more while copying {name}. Was it pulled out? What came is kept; put it back "
        "and run pull again, and it goes on from there.",
    ),
    "school-line-broken": (
        "从 {source} 下载 {name} 时中断。已下载的部分已保存，请再运行一次 pull，会接着下载。",
        "The line to {source} broke while fetching {name}. What came is kept; run pull again and it goes on from "
        "there.",
    ),
    "school-not-there": (
        "签名的清单里有 {name}，但来源（{sources}）都没有。可能发布还没有完成，请一小时后再试；仍不行请告诉发布方。",
        "{name} was signed for, but no source has it ({sources}). It may still be being published: try again in an "
        "hour, "
        "and tell the publisher if it stays so.",
    ),
    "school-time-over": (
        "已到 {until}，停止下载。已下载的部分已保存，下次 pull 会接着下载。",
        "It is {until}: stopped. What came is kept; the next pull goes on from there.",
    ),
    "school-starting-over": (
        "下载期间发布了新的一版，从新版重新开始（已下载的仍可用）。",
        "A newer release was published meanwhile; starting over with it (what came is still used).",
    ),
    "school-no-source": (
        "没有写来源。请给出网址、文件夹或盘符。",
        "No source was given. Name an address, a folder or a drive.",
    ),
    "school-only-what": (
        "--only 要和 --from 一起用。",
        "--only needs --from.",
    ),
}

_DISK_TEXTS: Mapping[str, tuple[str, str]] = {
    "school-no-space": (
        "{path} 所在磁盘空间不够：需要 {need}，剩余 {free}。还没有下载任何内容。请清理磁盘，或用 --packages "
        "少选几个资源包。",
        "The disk of {path} is too full: {need} needed, {free} free. Nothing was fetched. Make room, or choose fewer "
        "packages "
        "with --packages.",
    ),
    "school-names-collide": (
        "这个磁盘分不清 {path} 和 {other}，放不下这一版。请换一个磁盘，并告诉发布方。",
        "This disk cannot tell {path} and {other} apart, so it cannot hold the release. Use another disk, and tell the "
        "publisher.",
    ),
    "school-path-too-long": (
        "路径太长，本机放不下：{path}。请把镜像文件夹移到更短的路径，如 D:\\kebao。",
        "The path is too long for this PC: {path}. Move the mirror to a shorter path such as D:\\kebao.",
    ),
    "school-name-too-long": (
        "文件名太长，这个磁盘放不下：{path}。请告诉发布方。",
        "The name is too long for this disk: {path}. Tell the publisher.",
    ),
    "school-no-mirror": (
        "{path} 不是镜像。请先运行 kebao mirror join，或用 --mirror 指出镜像文件夹。",
        "{path} is no mirror. Run kebao mirror join first, or name the mirror's folder with --mirror.",
    ),
    "school-config-damaged": (
        "设置文件 {path} 损坏。请按通知上的网址和指纹再运行一次 kebao mirror join，已下载的内容不会丢。",
        "The settings {path} are damaged. Run kebao mirror join again with the address and fingerprint of the letter; "
        "nothing that was fetched is lost.",
    ),
    "school-state-damaged": (
        "状态文件 {path} 损坏。下一次 pull 会重建它，已下载的内容会重新使用。",
        "The state {path} is damaged. The next pull makes it anew and uses what is here.",
    ),
    "school-busy": (
        "另一个命令正在更新 {path}，请等它结束再运行。",
        "Another command is at work on {path}. Wait until it has ended.",
    ),
    "school-two-contents": (
        "签名的清单自相矛盾：{path} 有两种内容。请告诉发布方。",
        "The signed manifests contradict each other: {path} has two contents. Tell the publisher.",
    ),
    "school-object-lost": (
        "{path} 刚才还在，现在不见了。磁盘可能有问题，请再运行一次 pull。",
        "{path} was here a moment ago and is gone. The disk may be failing; run pull again.",
    ),
    "school-object-rotten": (
        "磁盘上的 {path} 已损坏，重新下载。",
        "{path} has rotted on the disk and is fetched again.",
    ),
    "school-tree-in-use": (
        "r/{tree} 正被使用，下次再清理。",
        "r/{tree} is in use and is removed another time.",
    ),
}

_WORK_TEXTS: Mapping[str, tuple[str, str]] = {
    "school-joined": (
        "已加入：{path} 将从 {source} 更新。下一步：kebao mirror pull",
        "Joined: {path} is a mirror of {source}. Next: kebao mirror pull",
    ),
    "school-joined-elsewhere": (
        "{path} 已经是另一个发布方的镜像。请换一个文件夹，或先删除它的 .school 文件夹。",
        "{path} is the mirror of another publisher. Use another folder, or remove its folder .school first.",
    ),
    "school-plan": ("要取得 {files} 个文件，约 {size}。", "{files} files to get, about {size}."),
    "school-pulled": (
        "完成：{version} 版，{files} 个文件，{total}，全部校验无误；本次收到 {received}。",
        "Done: release {version}, {files} files, {total}, all verified; {received} received.",
    ),
    "school-nothing-new": (
        "已是最新：{version} 版（来源 {source}）。",
        "Nothing new: release {version} (source {source}).",
    ),
    "school-pinned": (
        "按 rollback 的要求，读者看到的固定为 {tree}。要换到最新版：kebao mirror unpin",
        "A rollback holds readers at {tree}. To show the newest release: kebao mirror unpin",
    ),
    "school-empty": (
        "这里还没有任何一版。请运行 kebao mirror pull",
        "There is no release here yet. Run kebao mirror pull",
    ),
    "school-sound": (
        "全部正确：{releases} 版，检查了 {files} 个文件，{size}。",
        "All right: {releases} releases, {files} files read, {size}.",
    ),
    "school-bad-file": ("内容不对或缺失：{path}", "Changed or missing: {path}"),
    "school-foreign-file": ("不属于这一版的文件：{path}", "Does not belong here: {path}"),
    "school-manifest-lost": ("清单丢失或损坏：{name}", "A manifest is lost or damaged: {name}"),
    "school-damaged": (
        "有 {bad} 处损坏，{foreign} 个外来文件。请运行 kebao mirror repair",
        "{bad} things are damaged, {foreign} files do not belong here. Run kebao mirror repair",
    ),
    "school-nothing-to-repair": ("没有需要修复的。", "Nothing to repair."),
    "school-repaired": (
        "已修复 {files} 个文件，移走 {foreign} 个外来文件。",
        "{files} files mended, {foreign} that do not belong here put aside.",
    ),
    "school-set-aside": ("外来文件已移到 {path}", "What does not belong here was moved to {path}"),
    "school-release-given-up": (
        "已没有来源能证明 {version} 版（{tree}）的内容，不再保留它。",
        "No source can prove any more what belongs to release {version} ({tree}); it is given up.",
    ),
    "school-current-unknown": (
        "读者正在看的 {tree} 的清单丢失，且没有来源能提供。请运行 kebao mirror pull 取得新的一版。",
        "The manifests of {tree}, which readers see, are lost and no source has them. Run kebao mirror pull for a "
        "new release.",
    ),
    "school-rolled-back": (
        "读者现在看到 {version} 版（{tree}），并固定在这一版。恢复最新：kebao mirror unpin",
        "Readers see release {version} ({tree}) now and stay there. For the newest: kebao mirror unpin",
    ),
    "school-unpinned": ("读者现在看到最新的 {version} 版。", "Readers see the newest release, {version}, again."),
    "school-not-pinned": ("没有固定，读者看到的就是最新的 {version} 版。", "Nothing is held: readers see {version}."),
    "school-nothing-here": ("这里还没有任何一版。", "There is no release here yet."),
    "school-nothing-before": (
        "没有更早的一版可以退回。",
        "There is no earlier release to go back to.",
    ),
    "school-no-such-release": (
        "这里没有 {given}。现有：{known}",
        "{given} is not here. There are: {known}",
    ),
    "school-tree-gone": (
        "文件夹 r/{tree} 不见了。请运行 kebao mirror repair",
        "The folder r/{tree} is gone. Run kebao mirror repair",
    ),
    "school-gc-done": ("清理完毕：删除 {removed} 版，保留 {kept} 版。", "{removed} releases removed, {kept} kept."),
    "school-no-such-package": (
        "没有资源包 {given}。可选：{known}",
        "There is no package {given}. There are: {known}",
    ),
    "school-no-such-locale": ("没有语言 {given}。可选：{known}", "There is no locale {given}. There are: {known}"),
    "school-bad-rate": (
        "限速写法不对：{given}。例如 200k（每秒 200 KB）或 2M。",
        "Not a rate: {given}. Write 200k (200 KB a second) or 2M.",
    ),
    "school-bad-time": ("时间写法不对：{given}。例如 06:00。", "Not a time: {given}. Write 06:00."),
    "school-bad-day": ("日期写法不对：{given}。例如 2026-11-21。", "Not a date: {given}. Write 2026-11-21."),
    "school-bad-sample": ("比例写法不对：{given}。例如 5%。", "Not a share: {given}. Write 5%."),
    "school-status-sources": ("来源：{sources}", "Sources: {sources}"),
    "school-status-subset": ("资源包：{packages}；语言：{locales}", "Packages: {packages}; locales: {locales}"),
    "school-status-current": (
        "读者看到：{version} 版（r/{tree}），{released} 发布，已 {days} 天；{files} 个文件，{size}。",
        "Readers see: release {version} (r/{tree}), released {released}, {days} days ago; {files} files, {size}.",
    ),
    "school-status-kept": ("另外保留：{version} 版（r/{tree}）。", "Also kept: release {version} (r/{tree})."),
    "school-status-unfinished": (
        "更新到 {version} 没有完成，还要下载约 {size}；再运行 pull 会接着下载。",
        "The update to {version} was not finished: about {size} are still to come. Run pull again and it goes on.",
    ),
    "school-status-valid": ("签名有效至 {until}。", "Signed as current until {until}."),
    "school-status-stale": (
        "签名的有效期到 {until} 为止，可能已有更新。内容照常可用；有网络或新 U 盘时请运行 pull。",
        "It was signed as current until {until}; there may be something newer. It can still be read; run pull when "
        "there is a "
        "line or a newer stick.",
    ),
}

_SERVE_TEXTS: Mapping[str, tuple[str, str]] = {
    "serve-at": (
        "正在提供：http://本机地址:{port}/ （按 Ctrl+C 停止）",
        "Serving at http://<this PC>:{port}/ (Ctrl+C ends it)",
    ),
    "serve-port-taken": (
        "不能使用端口 {port}（{reason}）。请用 --port 换一个，如 --port 8081。",
        "Port {port} cannot be used ({reason}). Choose another: --port 8081",
    ),
}

_DOCTOR_TEXTS: Mapping[str, tuple[str, str]] = {
    "doctor-python": ("[好] Python {version}", "[ok] Python {version}"),
    "doctor-deltas": ("[好] 能使用增量包（有 zstd）。", "[ok] Delta packs can be used (zstd is here)."),
    "doctor-no-deltas": (
        "[可] 没有 zstd，更新时下载完整文件。想省流量：pip install backports.zstd",
        "[so-so] There is no zstd: updates fetch whole files. To save data: pip install backports.zstd",
    ),
    "doctor-links": (
        "[好] 磁盘支持硬链接，多版共用空间。",
        "[ok] The disk has hard links: releases share their space.",
    ),
    "doctor-no-links": (
        "[可] 磁盘不支持硬链接（如 FAT、exFAT），每一版都占完整空间。",
        "[so-so] The disk has no hard links (FAT, exFAT): every release takes its whole space.",
    ),
    "doctor-disk-refuses": (
        "[坏] 不能写入 {path}：{reason}。请检查磁盘是否只读或损坏。",
        "[bad] {path} cannot be written: {reason}. Is the disk read-only or failing?",
    ),
    "doctor-space": ("[好] 磁盘剩余 {free}。", "[ok] {free} free on the disk."),
    "doctor-space-low": ("[坏] 磁盘只剩 {free}，请清理。", "[bad] Only {free} free on the disk: make room."),
    "doctor-source": ("[好] 来源可用：{source}", "[ok] The source answers: {source}"),
    "doctor-source-silent": (
        "[坏] 来源不可用：{source}（{detail}）。请检查网线、网址或 U 盘。",
        "[bad] The source does not answer: {source} ({detail}). Check the cable, the address or the stick.",
    ),
    "doctor-well": ("一切正常。", "All is well."),
    "doctor-not-well": ("有问题需要处理，见上面标“坏”的各行。", "Something is in the way: see the lines above."),
}

SCHOOL_TEXTS: Mapping[str, tuple[str, str]] = {
    **HELP_TEXTS,
    **_TRUST_TEXTS,
    **_LINE_TEXTS,
    **_DISK_TEXTS,
    **_WORK_TEXTS,
    **_DOCTOR_TEXTS,
    **_SERVE_TEXTS,
}
