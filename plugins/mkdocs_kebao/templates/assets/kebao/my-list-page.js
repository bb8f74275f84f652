/* The page of "my list": the table of what is picked, notes, totals, print, exports, one ZIP or a list of files.
   Needs my-list.js, my-list-rows.js, my-list-zip.js and sheet.js. */
(() => {
  "use strict";
  const Kebao = window.Kebao;
  const { element, t } = Kebao;
  const list = Kebao.list;
  const { fill } = list;
  const at = (id) => document.getElementById(`kb-list-${id}`);
  const data = JSON.parse(at("data").textContent);
  const isLocal = location.protocol === "file:";
  const ownPackage = Kebao.shard.split("/")[0];
  const defaultTitle = document.querySelector("h1").textContent.trim();
  const LARGEST_IMPORT = 2 << 20, SAVE_AFTER_MS = 400, CODES_AT_ONCE = 40;
  // Words of this page only; those of every page come with texts.js.
  Kebao.put("texts", "", data.words);

  let shown = list.read();
  const found = new Map(), codes = new Map();

  // Words for numbers

  const round = (value) => Math.round(value * 100) / 100;

  function sizeText(bytes) {
    let value = bytes, unit = 0;
    const units = ["B", "KB", "MB", "GB"];
    for (; value >= 1024 && unit < 3; unit++) { value /= 1024; }
    return `${Kebao.number(unit > 1 && value < 100 ? Math.round(value * 10) / 10 : Math.round(value))} ${units[unit]}`;
  }

  /** What the search data says of an item, in names. */
  function facts(item) {
    const answer = found.get(list.key(item)) || {};
    const row = answer.row || [item.title, "", "", item.facts, -1, 0];
    const [bundle, size, crc, hours, credits, language] = answer.bundle || ["", 0, 0, 0, 0, ""];
    return {
      answer, bundle, size, crc, hours, credits, language,
      title: row[0], facts: row[3], minutes: row[5],
      href: hrefOf(item, answer)
    };
  }

  function hrefOf(item, { row, base, problem }) {
    if (row) { return `${base}/${row[1]}`; }
    const path = `${item.package}/${item.shard}`;
    // What this edition has no more may stand in the one in which it was picked.
    return problem === "gone" && path === Kebao.shard ? "" : `${list.siteBase}/${path}/${item.page}`;
  }

  /** An address that leads to the page from outside: that of the site where it has one. */
  function addressOf(item, { href, answer }) {
    if (!href) { return ""; }
    if (!data.address && !isLocal) { return new URL(href, location.href).href; }
    const path = answer.row ? `${answer.shard}/${answer.row[1]}` : `${item.package}/${item.shard}/${item.page}`;
    // Takes "../" out; which server it would be is no matter.
    return data.address + new URL(path, "http://site/").pathname.slice(1);
  }

  function totals() {
    const all = shown.items.map(facts);
    const sum = (name) => round(all.reduce((total, each) => total + each[name], 0));
    return { items: all.length, hours: sum("hours"), credits: sum("credits"), minutes: sum("minutes"), size: sum("size") };
  }

  // The table

  function amounts({ hours, credits, minutes }) {
    return [hours && t("mylist.hours", { n: hours }), credits && t("mylist.credits", { n: credits }),
      minutes && t("mylist.minutes", { n: minutes })].filter(Boolean);
  }

  function button(part, number, label, symbol, act) {
    const item = shown.items[number];
    const isIdle = (part === "up" && number === 0) || (part === "down" && number === shown.items.length - 1);
    return element("button", {
      type: "button", class: "kb-mine__button", "data-part": part, disabled: isIdle,
      "aria-label": label + t("list.colon") + facts(item).title, title: label, onclick: () => act(list.key(item))
    }, symbol);
  }

  function line(item, number) {
    const of = facts(item);
    const isForeign = of.language && of.language.split("-")[0] !== document.documentElement.lang.split("-")[0];
    const name = t("mylist.note", { title: of.title });
    const note = element("textarea", {
      class: "kb-mine__note", rows: 1, maxlength: 2000, "data-part": "note", "aria-label": name,
      placeholder: t("mylist.note.hint"), oninput: (event) => noteTyped(item, event.target)
    });
    note.value = item.note;
    return element("tr", { "data-key": list.key(item) },
      element("td", { class: "kb-mine__number" }, String(number + 1)),
      element("th", { scope: "row" },
        of.href ? element("a", { href: of.href, lang: isForeign && of.language }, of.title) : of.title,
        " ", state(item, of.answer),
        element("p", { class: "kb-when" }, of.facts),
        note, element("p", { class: "kb-print kb-mine__written" }, item.note)),
      element("td", { class: "kb-mine__amounts" }, amounts(of).map((words) => element("span", {}, words))),
      element("td", { class: "kb-mine__size" }, of.answer.row && element("bdi", {}, of.bundle ? sizeText(of.size) : t("mylist.no_files"))),
      element("td", { class: "kb-mine__buttons" },
        button("up", number, t("mylist.up"), "↑", (key) => move(key, -1)),
        button("down", number, t("mylist.down"), "↓", (key) => move(key, 1)),
        button("remove", number, t("mylist.remove"), "✕", remove)),
      element("td", { class: "kb-mine__code" }, codes.get(list.key(item))));
  }

  function state(item, { problem }) {
    const badge = (text, tone) => element("small", { class: `kb-badge kb-badge--${tone}` }, text);
    const parts = [];
    if (item.package !== ownPackage) { parts.push(badge(data.packages[item.package] || item.package, "language")); }
    if (problem === "gone") { parts.push(badge(t("mylist.gone"), "warning")); }
    else if (problem && item.package !== ownPackage) { parts.push(badge(t("mylist.elsewhere"), "warning")); }
    return parts;
  }

  function draw() {
    const place = focusPlace();
    const isEmpty = !shown.items.length;
    at("empty").hidden = !isEmpty;
    at("full").hidden = isEmpty;
    fill(at("rows"), ...shown.items.map(line));
    for (const [id, value] of [["title", shown.title], ["note", shown.note]]) {
      if (document.activeElement !== at(id)) { at(id).value = value; }
      at(`${id}-print`).textContent = value;
    }
    drawTotals();
    drawFiles();
    drawTrouble();
    fit(...at("rows").querySelectorAll("textarea"));
    restoreFocus(place);
  }

  function drawTotals() {
    const sums = totals();
    const figures = [["items", Kebao.number(sums.items)], ["hours", sums.hours], ["credits", sums.credits],
      ["minutes", sums.minutes], ["size", sums.size && sizeText(sums.size)]].filter(([, value]) => value);
    fill(at("totals"), ...figures.map(([name, value]) => element("div", {},
      element("dt", {}, t(`mylist.total.${name}`)), element("dd", {}, Kebao.number(value)))));
  }

  function drawTrouble() {
    const trouble = list.trouble();
    // Said once it was seen: what could be read is kept again with the next change.
    if (trouble) { fill(at("trouble"), element("p", {}, t(trouble === "unkept" ? "list.unkept" : "mylist.broken"))); }
    at("trouble").hidden = !at("trouble").firstChild;
  }

  /** Notes are as high as what is written in them; all are measured before one is changed. */
  function fit(...notes) {
    const written = notes.filter((note) => note.value || note.style.blockSize);
    written.forEach((note) => { note.style.blockSize = "auto"; });
    const heights = written.map((note) => note.scrollHeight + 2);
    written.forEach((note, number) => { note.style.blockSize = `${heights[number]}px`; });
  }

  // A redrawn table keeps the focus where it was.

  function focusPlace() {
    const active = document.activeElement;
    const row = active && active.closest("#kb-list-rows tr");
    return row && { key: row.dataset.key, part: active.dataset.part, start: active.selectionStart, end: active.selectionEnd };
  }

  function restoreFocus(place) {
    if (!place) { return; }
    const row = Array.from(at("rows").children).find((each) => each.dataset.key === place.key);
    const wanted = row && row.querySelector(`[data-part="${place.part}"]`);
    if (!wanted) { return; }
    // At an end of the list the other direction is what is left.
    (wanted.disabled ? row.querySelector(`[data-part="${place.part === "up" ? "down" : "up"}"]`) : wanted).focus();
    if (place.part === "note") { wanted.setSelectionRange(place.start, place.end); }
  }

  // Changes

  let isOwnTyping = false;
  const pending = new Map();
  let pendingTimer = 0;

  /** Keeps what is typed a moment later; another key is likely to follow. */
  function later(name, write) {
    pending.set(name, write);
    clearTimeout(pendingTimer);
    pendingTimer = setTimeout(keepTyped, SAVE_AFTER_MS);
  }

  function keepTyped() {
    clearTimeout(pendingTimer);
    if (!pending.size) { return; }
    const writes = Array.from(pending.values());
    pending.clear();
    isOwnTyping = true;
    list.change((stored) => writes.forEach((write) => write(stored)));
    isOwnTyping = false;
  }

  function noteTyped(item, field) {
    fit(field);
    const text = field.value;
    field.parentNode.querySelector(".kb-mine__written").textContent = text;
    later(list.key(item), (stored) => {
      const same = stored.items.find((each) => list.key(each) === list.key(item));
      if (same) { same.note = text; }
    });
  }

  for (const id of ["title", "note"]) {
    at(id).addEventListener("input", () => {
      const text = at(id).value;
      at(`${id}-print`).textContent = text;
      later(id, (stored) => { stored[id] = text; });
    });
  }
  window.addEventListener("pagehide", keepTyped);
  document.addEventListener("focusout", keepTyped);

  function move(key, by) {
    keepTyped();
    const place = list.change((stored) => {
      const from = stored.items.findIndex((item) => list.key(item) === key);
      const to = Math.min(Math.max(from + by, 0), stored.items.length - 1);
      if (from >= 0) { stored.items.splice(to, 0, ...stored.items.splice(from, 1)); }
      return to;
    });
    list.say(t("mylist.moved", { n: place + 1 }));
  }

  function remove(key) {
    keepTyped();
    const number = shown.items.findIndex((item) => list.key(item) === key);
    takeOut((item) => list.key(item) === key, t("mylist.removed", { title: facts(shown.items[number]).title }));
    const rows = at("rows").children;
    const next = rows[Math.min(number, rows.length - 1)];
    (next ? next.querySelector("[data-part=remove]") : document.querySelector("h1")).focus();
  }

  /** Takes items out and offers to put them back where they were. */
  function takeOut(isMeant, message) {
    const removed = list.change((stored) => {
      const out = Array.from(stored.items.entries()).filter(([, item]) => isMeant(item));
      stored.items = stored.items.filter((item) => !isMeant(item));
      return out;
    });
    list.say(message, t("mylist.undo"), () => {
      list.change((stored) => {
        const present = new Set(stored.items.map(list.key));
        for (const [number, item] of removed) {
          if (!present.has(list.key(item))) { stored.items.splice(number, 0, item); }
        }
      });
      list.say(t("mylist.undone"));
    });
  }

  list.onChange(() => {
    if (isOwnTyping) { shown = list.read(); return; }
    // Another tab changed the list while something is being typed here: both are kept.
    keepTyped();
    shown = list.read();
    draw();
    if (shown.items.some((item) => !found.has(list.key(item)))) { load(); }
  });

  // Details

  async function load() {
    const asked = shown.items;
    at("status").hidden = true;
    const answers = await list.find(asked, data.shards);
    answers.forEach((answer, key) => found.set(key, answer));
    // Titles as they are now: what another edition shows once this one is gone.
    draw();
    const failed = asked.map((item) => item.package === ownPackage && found.get(list.key(item)).problem)
      .find((problem) => problem && problem !== "gone");
    if (failed) { showStatus(t(`mylist.${failed}`), t("mylist.retry"), load); }
    else if (isLocal || shown.items.length <= CODES_AT_ONCE) { drawCodes(); }
  }

  function showStatus(message, label, act) {
    at("status").hidden = false;
    fill(at("status"), element("p", {}, message, " ",
      label && element("button", { type: "button", class: "kb-button kb-button--small", onclick: act }, label)));
  }

  // Paper

  async function drawCodes() {
    // A site that does not know its address has no codes.
    if (!data.address) { return; }
    await Promise.all(shown.items.map(list.key).map(async (key) => {
      const answer = found.get(key);
      if (!answer || !answer.row || codes.has(key)) { return; }
      // A code that cannot be read leaves its place empty: the list is worth printing without.
      const svg = await list.code(answer).catch(() => null);
      if (svg) { codes.set(key, svg); }
    }));
    for (const row of at("rows").children) {
      fill(row.querySelector(".kb-mine__code"), ...[codes.get(row.dataset.key)].filter(Boolean));
    }
  }

  async function print() {
    keepTyped();
    await drawCodes();
    window.print();
  }

  // Files to keep

  list.saveAs = (blob, name) => {
    const url = URL.createObjectURL(blob);
    const link = document.body.appendChild(element("a", { href: url, download: name, hidden: true }));
    link.click();
    link.remove();
    // Browsers begin to save a moment after the click.
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };

  const fileName = (suffix) => Kebao.zip.distinctNames([`${shown.title || defaultTitle}${suffix}`])[0];

  function table() {
    const head = ["number", "title", "facts", "hours", "credits", "minutes", "megabytes", "note", "package", "id", "address"];
    const megabytes = (bytes) => bytes ? Math.max(round(bytes / 1048576), 0.01) : "";
    const rows = shown.items.map((item, number) => {
      const of = facts(item);
      return [number + 1, of.title, of.facts, of.hours || "", of.credits || "", of.minutes || "", megabytes(of.size),
        item.note, data.packages[item.package] || item.package, list.key(item).split("/")[1], addressOf(item, of)];
    });
    const sums = totals();
    const foot = ["", t("mylist.sum"), t("mylist.count", { n: sums.items }), sums.hours || "", sums.credits || "",
      sums.minutes || "", megabytes(sums.size), "", "", "", ""];
    return [head.map((name) => t(`mylist.column.${name}`)), ...rows, foot];
  }

  function saveCsv() {
    keepTyped();
    list.saveAs(new Blob([Kebao.sheet.csv(table())], { type: "text/csv" }), fileName(".csv"));
  }

  function saveXlsx() {
    keepTyped();
    const bytes = Kebao.sheet.xlsx({
      name: shown.title || defaultTitle, rows: table(), widths: [6, 40, 44, 8, 8, 8, 12, 30, 20, 28, 60], footRows: 1,
      rightToLeft: document.body.dir === "rtl"
    });
    const type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    list.saveAs(new Blob([bytes], { type }), fileName(".xlsx"));
  }

  function saveJson() {
    keepTyped();
    const { title, note, items } = list.read();
    const text = JSON.stringify({ "kebao-list": 1, title, note, items }, null, 1);
    list.saveAs(new Blob([text], { type: "application/json" }), fileName(".json"));
  }

  async function readJson(field) {
    const [file] = field.files;
    if (!file) { return; }
    try {
      if (file.size > LARGEST_IMPORT) { throw new Error("too large"); }
      const value = JSON.parse(await new Response(file).text());
      if (!value || value["kebao-list"] !== 1) { throw new Error("no list"); }
      takeIn(list.clean(value));
    } catch (error) { list.say(t("mylist.import.bad", { file: file.name })); }
    // The same file can be chosen again.
    field.value = "";
  }

  function takeIn(read) {
    const counts = list.change((stored) => {
      const present = new Set(stored.items.map(list.key));
      const fresh = read.items.filter((item) => !present.has(list.key(item)));
      const added = fresh.slice(0, list.MOST_ITEMS - stored.items.length);
      if (!stored.items.length) { stored.title = stored.title || read.title; stored.note = stored.note || read.note; }
      stored.items.push(...added);
      return { n: added.length, present: read.items.length - fresh.length, refused: read.refused + fresh.length - added.length };
    });
    list.say(t("mylist.import.done", counts));
  }

  // The materials

  /** The bundles of the list: `{title, name, url, path, size, crc}`, each file once. */
  function bundles() {
    const all = shown.items.map(facts).filter(({ answer, bundle }) => answer.row && bundle)
      .map(({ answer, title, bundle, size, crc }) => {
        const path = decodeURIComponent(bundle.replace(/^(\.\.\/)+/, ""));
        return { title, url: `${answer.base}/${bundle}`, size, crc, path, wanted: path.split("/").pop() };
      });
    const names = Kebao.zip.distinctNames(all.map(({ wanted }) => wanted));
    return all.map((each, number) => ({ ...each, name: names[number] }));
  }

  function drawFiles() {
    const files = bundles();
    const size = files.reduce((sum, file) => sum + file.size, 0);
    at("zip").hidden = isLocal || !files.length;
    at("zip-size").textContent = sizeText(size);
    at("copy").hidden = !isLocal || !files.length;
    fill(at("files"), ...(isLocal ? files : []).map((file) => element("li", {},
      element("a", { href: file.url, download: file.name }, file.title), ` ${sizeText(file.size)}`,
      element("code", { dir: "ltr" }, file.path))));
  }

  const windowsPath = (path) => /^Win/.test(navigator.platform) ? path.replace(/\//g, "\\") : path;
  const filesText = () => bundles().map((file) => windowsPath(file.path)).join("\r\n");

  async function copyFiles() {
    const text = filesText();
    try { await navigator.clipboard.writeText(text); }
    catch (error) {
      // Browsers that have no clipboard for pages from the disk still copy what is selected.
      const field = document.body.appendChild(element("textarea", { class: "kb-hidden", readonly: true }));
      field.value = text;
      field.select();
      const isCopied = document.execCommand("copy");
      field.remove();
      if (!isCopied) { list.say(t("mylist.copy.failed")); return; }
    }
    list.say(t("mylist.copy.done", { n: bundles().length }));
  }

  function saveFiles() {
    const lines = bundles().map((file, number) => `${number + 1}. ${file.title}\r\n${windowsPath(file.path)}\r\n`);
    list.saveAs(new Blob(["\ufeff", lines.join("\r\n")], { type: "text/plain" }), fileName(".txt"));
  }

  async function saveZip() {
    keepTyped();
    const files = bundles();
    const name = fileName(".zip");
    const target = await list.zip.target(name);
    if (!target) { return; }
    const stop = new AbortController();
    const progress = savingBox(files, stop);
    const warn = (event) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    at("zip").disabled = true;
    try {
      const made = [{ name: fileName(".csv"), bytes: Kebao.sheet.csv(table()) }];
      await list.zip.write(target, files, made, { signal: stop.signal, ...progress });
      saved(t("mylist.zip.done", { n: files.length, name }));
    } catch (error) {
      saved(error.kind === "cancelled" ? t("mylist.zip.cancelled") : failureText(error));
    } finally {
      window.removeEventListener("beforeunload", warn);
      at("zip").disabled = false;
    }
  }

  const failureText = ({ kind, file }) => t(`mylist.zip.${kind}`, { title: file ? file.title : "" });

  function saved(message) { fill(at("saving"), element("p", { role: "status" }, message)); }

  /** Shows how far it is; asks when a file does not come. */
  function savingBox(files, stop) {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const bar = element("progress", { max: Math.max(size, 1), value: 0, "aria-label": t("mylist.zip.label") });
    const said = element("p", { role: "status" }), amount = element("p", { class: "kb-when" });
    const question = element("div", {}), buttons = element("div", { class: "kb-buttons" });
    const small = (label, act) => element("button", { type: "button", class: "kb-button kb-button--small", onclick: act }, label);
    at("saving").hidden = false;
    const cancel = small(t("mylist.zip.cancel"), () => stop.abort());
    buttons.append(cancel);
    fill(at("saving"), said, bar, amount, question, buttons);
    let done = 0;
    return {
      onFile(file, number) { said.textContent = t("mylist.zip.file", { n: number + 1, of: files.length, title: file.title }); },
      onBytes(count) {
        done += count;
        bar.value = done;
        amount.textContent = t("mylist.zip.amount", { done: sizeText(done), size: sizeText(size) });
      },
      ask: (failure) => new Promise((resolve) => {
        const answer = (goOn) => () => {
          fill(question);
          fill(buttons, cancel);
          resolve(goOn);
        };
        const again = small(t("mylist.retry"), answer(true));
        fill(question, element("p", { class: "kb-note kb-note--warning", role: "alert" }, failureText(failure)));
        fill(buttons, again, cancel);
        again.focus();
        stop.signal.addEventListener("abort", answer(false));
      })
    };
  }

  // The page

  const acts = {
    print, csv: saveCsv, xlsx: saveXlsx, json: saveJson, zip: saveZip, "copy-paths": copyFiles, "save-paths": saveFiles,
    clear: () => takeOut(() => true, t("mylist.cleared"))
  };
  for (const [id, act] of Object.entries(acts)) { at(id).addEventListener("click", act); }
  at("import").addEventListener("change", () => readJson(at("import")));
  // Where an old browser fails here, the page goes on saying that the list needs scripts.
  draw();
  at("no-scripts").hidden = true;
  at("app").hidden = false;
  fit(...at("rows").querySelectorAll("textarea"));
  if (shown.items.length) { load(); }
})();
