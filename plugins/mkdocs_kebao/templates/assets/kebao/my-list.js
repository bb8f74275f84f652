/* "My list": what a reader has picked, kept in the browser for all packages and languages of the site; the buttons
   that pick, on every page; the number in the header. Needs data.js. The page itself is my-list-page.js. */
(() => {
  "use strict";
  const Kebao = window.Kebao;
  const { element, t } = Kebao;
  const MOST_ITEMS = 500, LONGEST_TEXT = 300, LONGEST_NOTE = 2000;
  const KINDS = "courses lesson-cases micro-lessons micro-cases micro-stories school-summaries bulletins".split(" ");
  const ID = "[a-z0-9][a-z0-9-]*";
  const PAGE = new RegExp(`^(${KINDS.join("|")})/(${ID})\\.html$`);
  const [ownPackage, ...ownShard] = (Kebao.shard || "").split("/");
  const store = Kebao.store("list");
  const listeners = [];

  // What is stored may be anything: another program's, an older version's, a colleague's file.

  function text(value, longest) {
    return typeof value === "string" ? value.replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ").slice(0, longest) : "";
  }

  function item(value) {
    if (!value || typeof value !== "object") { return null; }
    const page = PAGE.exec(typeof value.page === "string" ? value.page : "");
    if (!page || typeof value.package !== "string" || !new RegExp(`^${ID}$`).test(value.package)) { return null; }
    const shard = typeof value.shard === "string" && /^[\w.-]+\/[\w.-]+$/.test(value.shard) && !value.shard.includes("..");
    return {
      package: value.package,
      page: page[0],
      // Locale and edition in which it was picked: where to look for what is not in this shard.
      shard: shard ? value.shard : ownShard.join("/"),
      title: text(value.title, LONGEST_TEXT) || page[2],
      facts: text(value.facts, LONGEST_TEXT),
      note: text(value.note, LONGEST_NOTE)
    };
  }

  const key = ({ package: owner, page }) => `${owner}/${page.replace(/^.*\/|\.html$/g, "")}`;

  /** A list that can be relied on, made of anything; `refused` says how many of its items were none. */
  function clean(value) {
    const source = value && typeof value === "object" ? value : {};
    const offered = Array.isArray(source.items) ? source.items : [];
    const items = [], seen = new Set();
    let refused = 0;
    for (const each of offered) {
      const sound = item(each);
      if (!sound || seen.has(key(sound)) || items.length >= MOST_ITEMS) { refused++; }
      else {
        seen.add(key(sound));
        items.push(sound);
      }
    }
    return { title: text(source.title, LONGEST_TEXT), note: text(source.note, LONGEST_NOTE), items, refused };
  }

  const read = () => clean(store.get());

  /** What is wrong with the stored list: "unkept" where the browser keeps nothing, "broken" where what it kept
      cannot be read, or not all of it; else empty. */
  function trouble() {
    try {
      const stored = localStorage.getItem("kebao.list");
      const value = store.get();
      const isList = value === undefined ? stored === null : value && Array.isArray(value.items);
      if (!isList || read().refused) { return "broken"; }
    } catch (error) { return "unkept"; }
    return Kebao.list.isKept ? "" : "unkept";
  }

  /** Changes the list as it stands now, in whichever tab it was changed last. */
  function change(alter) {
    const list = read();
    const answer = alter(list);
    Kebao.list.isKept = store.set({ v: 1, title: list.title, note: list.note, items: list.items });
    tell();
    if (!Kebao.list.isKept) { say(t("list.unkept")); }
    return answer;
  }

  function tell() { listeners.forEach((listener) => listener()); }

  window.addEventListener("storage", (event) => {
    if (event.key === null || event.key === "kebao.list") { tell(); }
  });

  /** Puts children into an element in place of those that are there (`replaceChildren` is younger than ES2018). */
  function fill(parent, ...children) {
    parent.textContent = "";
    parent.append(...children);
  }

  // Messages: read out, and seen at the lower edge until the next one, those without a button for a while.

  // There before the first message: what appears together with its box is not read out.
  const box = document.body.appendChild(element("div", { class: "kb-say", role: "status" }));
  let timer = 0;
  function say(message, label, act) {
    clearTimeout(timer);
    const silence = () => fill(box);
    fill(box, element("p", {}, element("span", {}, message),
      label && element("button", { type: "button", onclick: () => { silence(); act(); } }, label)));
    if (!label) { timer = setTimeout(silence, 6000); }
  }

  // Buttons

  function icon(isPicked) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "kb-icon");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", isPicked ? "M21 7 9 19l-5.5-5.5 1.41-1.41L9 16.17 19.59 5.59z" : "M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6z");
    svg.append(path);
    return svg;
  }

  function show(button, isPicked) {
    const label = t(isPicked ? "list.remove" : "list.add");
    button.classList.toggle("kb-pick--on", isPicked);
    button.setAttribute("aria-label", label + t("list.colon") + button.dataset.title);
    fill(button, icon(isPicked), element("span", {}, label));
  }

  function toggle(picked) {
    const name = key(picked);
    const message = change((list) => {
      const at = list.items.findIndex((each) => key(each) === name);
      if (at >= 0) { list.items.splice(at, 1); }
      else if (list.items.length >= MOST_ITEMS) { return t("list.full", { n: MOST_ITEMS }); }
      else { list.items.push(picked); }
      return t(at < 0 ? "list.added" : "list.removed", { n: list.items.length });
    });
    // That the browser keeps nothing is the more important news.
    if (Kebao.list.isKept) { say(message); }
  }

  function button(value) {
    const picked = item(value);
    if (!picked) { return document.createTextNode(""); }
    const made = element("button", {
      type: "button", class: "kb-pick", "data-kb-pick": key(picked), "data-title": picked.title,
      onclick: () => toggle(picked)
    });
    show(made, picks.has(key(picked)));
    return made;
  }

  let picks = new Set();
  function refresh() {
    const { items } = read();
    picks = new Set(items.map(key));
    document.querySelectorAll(".kb-pick").forEach((each) => show(each, picks.has(each.dataset.kbPick)));
    document.querySelectorAll(".kb-list-link").forEach((link) => {
      const count = link.querySelector(".kb-list-count");
      count.textContent = items.length || "";
      link.setAttribute("aria-label", items.length ? t("list.link", { n: items.length }) : link.title);
    });
  }

  /** The button for a row of the document table; an empty text for what is no resource. */
  Kebao.pickButton = (row) => {
    if (row.length < 6) { return document.createTextNode(""); }
    const path = String(row[1]).split("/");
    const shard = path[0] === ".." ? [path[2], path[3]] : ownShard;
    return button({
      package: ownPackage, page: path.slice(-2).join("/").replace(/#.*$/, ""), shard: shard.join("/"),
      title: row[0], facts: row[3]
    });
  };

  // The lists that come with the page: what they lead to says what is picked.

  const shardUrl = new URL(`${Kebao.base}/`, location.href).href;
  const siteUrl = new URL("../../../", shardUrl).href;

  function pickOf(link, title, facts) {
    const address = link.split("#")[0];
    if (address.startsWith(shardUrl)) {
      return { package: ownPackage, page: address.slice(shardUrl.length), shard: ownShard.join("/"), title, facts };
    }
    const [owner, locale, edition, ...page] = address.startsWith(siteUrl) ? address.slice(siteUrl.length).split("/") : [];
    return { package: owner, page: page.join("/"), shard: `${locale}/${edition}`, title, facts };
  }

  function addButtons(root) {
    root.querySelectorAll(".kb-rows > li, .kb-card").forEach((row) => {
      const link = row.querySelector("h3 a, h4 a");
      if (!link || row.querySelector(".kb-pick")) { return; }
      const facts = row.querySelector(".kb-card__facts") || row.querySelector("p");
      const made = button(pickOf(link.href, link.textContent, factsIn(facts)));
      row.classList.toggle("kb-pickable", made instanceof Element);
      row.append(made);
    });
    root.querySelectorAll("[data-kb-item]").forEach((head) => {
      const title = head.querySelector("h1").textContent;
      const made = button(pickOf(location.href, title, factsIn(head.querySelector(".kb-card__facts"))));
      if (made.classList) { made.classList.add("kb-pick--wide"); }
      head.append(made);
    });
  }

  function factsIn(line) {
    if (!line) { return ""; }
    const parts = line.querySelectorAll("span");
    return parts.length ? Array.from(parts, (part) => part.textContent).filter(Boolean).join(" · ") : line.textContent;
  }

  listeners.push(refresh);
  Kebao.list = { read, change, clean, key, fill, say, trouble, MOST_ITEMS, isKept: true, onChange: (listener) => listeners.push(listener) };
  refresh();
  addButtons(document);
})();
