/* The search box of every page: results while one types, as an ARIA combobox with a list that pops up.
   The engine itself is loaded when the box gets the focus. */
(() => {
  "use strict";
  const { Kebao } = window, { element, replace } = Kebao;
  const tell = Kebao.tell = (key, params) => Kebao.t(`search.${key}`, params);

  /** Loads the engine and the index's root. */
  Kebao.ready = () => Kebao.script("search").then(() => Kebao.open());
  /** Calls `answer(query)` when typing rests; while an input method composes, nothing is typed yet. */
  Kebao.listen = (input, answer, ready = Kebao.ready) => {
    let timer;
    input.addEventListener("focus", () => ready().catch(() => 0));
    for (const event of ["input", "compositionend"]) {
      input.addEventListener(event, ({ isComposing }) => {
        clearTimeout(timer);
        if (!isComposing) { timer = setTimeout(() => answer(input.value.trim()), 100); }
      });
    }
  };
  /** What to say when a search failed; what is no file's fault is ours. */
  Kebao.excuse = ({ kind = "failed" }) =>
    tell(`${kind === "missing" && location.host && !navigator.onLine ? "offline" : kind}`);
  Kebao.link = (uri) => `${Kebao.base}/${uri}`;
  /** A text in which what was looked for is marked. */
  Kebao.marked = (pieces) => pieces.map((piece, i) => i % 2 ? element("mark", null, piece) : piece);
  /** Hits by kind, in the order in which the kinds first come: `[id, label, hits]`. */
  Kebao.byKind = (hits, { facets: [{ values, of }] }) => {
    const groups = {};
    hits.forEach((hit) => {
      const [id, label] = values[of[hit.doc] - 1];
      (groups[id] = groups[id] || [id, label, []])[2].push(hit);
    });
    return Object.values(groups);
  };

  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (key === "/" && !ctrlKey && !metaKey && !altKey && !target.closest("input, textarea, select")) {
      event.preventDefault();
      document.querySelector("#kb-query, #kb-find").select();
    }
  });

  const form = document.querySelector("[data-kb-find]");
  if (!form) { return; }
  const input = form.elements.q, say = element("p", { role: "status" });
  const list = element("div", { role: "listbox", id: "kb-found", "aria-label": tell("title") });
  const panel = element("div", { class: "kb-find__panel", hidden: true }, say, list);
  const all = () => `${form.getAttribute("action")}#q=${encodeURIComponent(input.value.trim())}`;
  let options = [], active, newest = 0;
  form.append(panel);
  const set = (attributes) => Object.entries(attributes).forEach((each) => input.setAttribute(...each));
  set({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": false });

  function choose(option) {
    if (active) { active.setAttribute("aria-selected", false); }
    active = option;
    if (active) {
      active.setAttribute("aria-selected", true);
      active.scrollIntoView({ block: "nearest" });
    }
    set({ "aria-activedescendant": active ? active.id : "" });
  }
  function open(isOpen) {
    panel.hidden = !isOpen;
    set({ "aria-expanded": isOpen && options.length > 0 });
    choose();
  }
  const option = (href, ...children) => options[options.push(
    element("a", { role: "option", id: `kb-found-${options.length}`, "aria-selected": "false", tabindex: -1, href }, ...children)) - 1];

  Kebao.listen(input, async (query) => {
    const mine = ++newest;
    let words = "", isQuiet = false, groups = [], found;
    try {
      if (query) {
        await Kebao.ready();
        const { index, hits, total, used } = await Kebao.search(query);
        found = await Promise.all(hits.slice(0, 8).map(Kebao.fill));
        groups = Kebao.byKind(found, index);
        isQuiet = total > 0 && !used;
        words = !hits.length ? tell("none", { query }) : used ? tell("instead", { query, used }) :
          total ? tell("suggestions", { n: total }) : tell("partial");
      }
    } catch (error) { words = Kebao.excuse(error); }
    if (mine !== newest) { return; }
    options = [];
    replace(list, groups.map(([id, label, hits]) => element("div", { role: "group", "aria-labelledby": `kb-found-${id}` },
      element("div", { class: "kb-find__kind", id: `kb-found-${id}` }, label),
      hits.map(({ row, file, runs }) => option(Kebao.link((file || row)[1]),
        element("span", { dir: "auto" }, Kebao.marked(Kebao.pieces(row[0], runs))),
        element("small", null, file ? tell("in_file", { file: file[0] }) : row[3]))))),
    groups.length && option(all(), element("b", null, tell("all"))));
    replace(say, words).className = isQuiet ? "kb-hidden" : "";
    open(query !== "");
  });

  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], { length } = options;
    if (event.isComposing || !length && event.key !== "Escape") { return; }
    if (step) {
      event.preventDefault();
      if (panel.hidden) { open(true); }
      choose(options[(active ? options.indexOf(active) + step + length : step < 0 ? length - 1 : 0) % length]);
    } else if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault();
      open(false);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(active ? active.href : all());
  });
  form.addEventListener("focusout", ({ relatedTarget }) => { if (!form.contains(relatedTarget)) { open(false); } });
})();
