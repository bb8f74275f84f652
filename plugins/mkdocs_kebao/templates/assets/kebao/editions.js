/* Editions at run time: the selector in the header, the banner on editions that are not the current one, and the
   editions in which a resource stood. What they say lies outside of the frozen pages, in `../versions.js` and
   `../history/<x>.js`; without those files nothing is shown. Needs data.js. */
(() => {
  "use strict";
  const Kebao = window.Kebao, element = Kebao.element;
  const say = (key, params) => Kebao.t(`edition.${key}`, params);
  const path = (Kebao.shard || "").split("/"), locale = path[1], own = path[2];
  // The working edition stands alone: there is nothing beside it.
  if (!own || own === "next") { return; }

  const above = `${Kebao.base}/..`;
  const page = Kebao.page || "index.html";
  const section = document.getElementById("kb-history");
  const item = section && section.getAttribute("data-id");
  // The folder that the reader is in: an edition's own, or an alias such as `latest`.
  const mount = new URL(`${Kebao.base}/.`, location.href).pathname.split("/").slice(-2)[0];
  const load = (name) => Kebao.loadFile(`${above}/${name}.js`, name);

  /* Pages that every edition has; from the others of a section one gets to its first page. */
  const SECTIONS = ["catalog", "topics", "programmes", "schools", "contributors", "courses", "lesson-cases", "micro-lessons",
    "micro-cases", "micro-stories", "school-summaries", "bulletins"];
  function likePage() {
    const [folder, rest] = page.split("/");
    if (rest) { return SECTIONS.includes(folder) ? `${folder}/index.html` : "index.html"; }
    return /^(downloads|about|overview|search|my-list|mirror|accessibility)\.html$/.test(page) ? page : "index.html";
  }

  /** Where a reader of this page goes in another edition; `exact` is false where the resource is not in it.
      A topic that is not in it is no loss: its section is. */
  function target(version, rows) {
    const row = rows.find((each) => each[0] === version && each[2]);
    if (item || row) { return { exact: Boolean(row), href: `${above}/${version}/${row ? row[2] : "index.html"}` }; }
    return { exact: true, href: `${above}/${version}/${likePage()}` };
  }

  const status = (entry) => (entry.properties || {}).status || (entry.properties || {}).state || "supported";
  const name = ({ version, title }) => title && title !== version ? `${version} · ${title}` : version;

  function drawSelector(entries, rows) {
    const place = document.getElementById("kb-edition");
    if (!place || entries.length < 2) { return; }
    const list = element("ul", { class: "kb-languages__list" }, entries.map((entry) => {
      const { exact, href } = target(entry.version, rows), isOwn = entry.version === own;
      return element("li", {},
        element("a", { href: isOwn ? `${Kebao.base}/${page}` : href, "aria-current": isOwn && "true", "data-edition": entry.version },
          element("bdi", {}, name(entry)), element("span", { class: `kb-editions__state kb-editions__state--${status(entry)}` }, say(`state.${status(entry)}`))),
        !exact && !isOwn && element("small", {}, say("home")));
    }));
    const menu = element("details", { class: "kb-languages kb-editions" },
      element("summary", { class: "md-header__button", "aria-label": `${say("choose")} ${own}`, title: say("choose") },
        element("bdi", { class: "kb-editions__now" }, own)), list);
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) { menu.open = false; } });
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
    });
    place.replaceChildren(menu);
    place.hidden = false;
  }

  function drawBanner(entries, rows) {
    const here = entries.find(({ version }) => version === own), current = entries.find((entry) => status(entry) === "current");
    if (!here || !current || here === current || mount === "latest") { return; }
    const state = status(here), { exact, href } = target(current.version, rows);
    const key = { withdrawn: "gone", "pre-release": "early" }[state] || "old";
    const reason = (here.properties || {}).reason;
    const why = typeof reason === "string" ? reason : reason && (reason[locale] || reason.en || Object.values(reason)[0]);
    document.getElementById("kb-content").prepend(element("aside",
      { class: `kb-note kb-edition-note kb-edition-note--${key}`, "aria-label": say("banner"), "data-edition-note": key },
      element("p", {}, element("b", {}, say(key, { edition: own, current: current.version }))),
      why && key === "gone" && element("p", {}, say("reason", { reason: why })),
      element("p", { class: "kb-edition-note__ways" },
        element("a", { href }, say(exact ? "to_page" : "to_home")),
        key !== "early" && element("a", { href: `${above}/${current.version}/whats-new.html` }, say("to_news")))));
  }

  function drawHistory(entries, rows) {
    if (!rows.length) { return; }
    const known = new Set(entries.map(({ version }) => version));
    const now = rows.find(([version]) => version === own);
    const lines = rows.filter(([version]) => known.has(version)).reverse().map(([version, change, path, title]) =>
      element("li", version === own ? { "aria-current": "true" } : {},
        path && version !== own ? element("a", { href: `${above}/${version}/${path}` }, version) : element("b", {}, version),
        element("span", {}, say(`change.${change}`)),
        version === own && element("small", {}, say("here")),
        now && title !== now[3] && element("small", {}, say("was_called", { title }))));
    section.querySelector("ol").replaceChildren(...lines);
  }

  /* Where the page's resource, topic, school or programme stands: the last three have one path in all editions. */
  const file = item ? section.getAttribute("data-bucket") : /^(topics|schools|programmes)\//.test(page) && "collections";
  const rowsOf = (history) => item ? history[item] || []
    : Object.keys(history).filter((editions) => history[editions].includes(page)).flatMap((editions) => editions.split(" ").map((version) => [version, "", page]));

  Promise.all([load("versions"), file ? load(`history/${file}`).catch(() => ({})) : {}]).then(([versions, history]) => {
    const all = Array.isArray(versions) ? versions : versions.versions || [];
    const entries = all.filter((entry) => entry.version === own || !(entry.properties || {}).hidden);
    const rows = rowsOf(history);
    drawSelector(entries, rows);
    drawBanner(entries, rows);
    if (section) { drawHistory(entries, rows); }
  // A shard on its own has no list of editions: its pages stand as they are.
  }, () => null);
})();
