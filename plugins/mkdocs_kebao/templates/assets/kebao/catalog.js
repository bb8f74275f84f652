/* Filters, order and view of a list of resources. The list that came with the page stays until the reader asks
   for another, and whenever the data for another one cannot be had. */
(() => {
  "use strict";
  const Kebao = window.Kebao, element = Kebao.element;
  const say = (key, params) => Kebao.t(`catalog.${key}`, params);
  const page = document.querySelector("[data-kb-list]");
  if (!page || !window.URLSearchParams) { return; }

  // What fills a screen is drawn at once, the other rows when the browser has nothing else to do.
  const SCREEN_ROWS = 12, FIRST_ROWS = 30, MORE_ROWS = 60;
  // Of a facet with more values than LONG only the first are shown. Where readers do not know its values by heart,
  // those are the most frequent ones, and there is a field to look for the others.
  const LONG = 12, SHOWN = 8, WHOLE = ["stage", "grade"], SOUGHT = ["topic", "organisation"];
  const OPEN = ["stage", "grade", "subject", "kind"];
  const VIEWS = ["table", "cards"];

  const main = page.querySelector(".kb-main"), side = page.querySelector(".kb-side > details");
  const still = element("div", {});
  const fixed = readPairs(page.getAttribute("data-kb-list"));
  const usualSort = page.getAttribute("data-kb-sort") || "date";
  const usualView = main.querySelector(".kb-cards") ? "cards" : "table";
  const remembered = Kebao.store("view");
  const narrow = window.matchMedia("(max-width: 59.99em)");
  const covers = {};

  let catalog = null, drawer = null;    // once loaded
  let state = { filters: {}, sort: usualSort, view: "" };
  let found = null;      // what the filters leave
  let shown = 0;         // how many rows of it are on the page
  let drawing = 0;       // number of the latest drawing: older ones give way

  /* The fragment: stage=primary&subject=mathematics,chinese&sort=title&view=table */

  function readPairs(text) {
    // Without a prototype: the address may say "constructor" or "__proto__".
    const pairs = Object.create(null);
    for (const part of text.split("&")) {
      const [key, value] = part.split("=");
      if (!key || value === undefined) { continue; }
      try {
        pairs[decodeURIComponent(key)] = value.split(",").map(decodeURIComponent).filter(Boolean);
      } catch (error) { pairs[part] = []; }
    }
    return pairs;
  }

  function readFragment() {
    const fragment = location.hash.slice(1);
    return fragment.includes("=") ? readPairs(fragment) : null;
  }

  /** The state that a fragment asks for, and what of it means nothing here. */
  function understand(pairs) {
    const asked = { filters: {}, sort: usualSort, view: "" }, unknown = [];
    for (const key of Object.keys(pairs)) {
      const facet = fixed[key] ? null : catalog.facet(key);
      if (key === "sort" && catalog.sorts[pairs.sort[0]] && pairs.sort.length === 1) { asked.sort = pairs.sort[0]; }
      else if (key === "view" && VIEWS.includes(pairs.view[0]) && pairs.view.length === 1) { asked.view = pairs.view[0]; }
      else if (facet) {
        const known = facet.values.map((value) => value.id).filter((id) => pairs[key].includes(id));
        if (known.length) { asked.filters[key] = known; }
        if (!known.length || pairs[key].some((id) => !known.includes(id))) { unknown.push(`${key}=${pairs[key]}`); }
      } else { unknown.push(`${key}=${pairs[key]}`); }
    }
    return { asked, unknown };
  }

  function fragmentOf({ filters, sort, view }) {
    const parts = Object.keys(filters).map((key) => `${key}=${filters[key].map(encodeURIComponent).join(",")}`);
    if (sort !== usualSort) { parts.push(`sort=${sort}`); }
    if (view) { parts.push(`view=${view}`); }
    return parts.join("&");
  }

  /** Goes to a state: one more step of the way back. */
  function go(next) {
    const fragment = fragmentOf(next);
    try { history.pushState(null, "", fragment ? `#${fragment}` : location.href.split("#")[0]); }
    catch (error) { location.hash = fragment; }
    follow();
  }

  /** Shows what the address says. */
  function follow() {
    const pairs = readFragment();
    if (!pairs) {
      state = { filters: {}, sort: usualSort, view: "" };
      showStill();
      if (catalog) { refresh(); }
      notice("");
      return null;
    }
    const apply = () => {
      const { asked, unknown } = understand(pairs);
      state = asked;
      notice(unknown.length ? say("ignored", { what: unknown.join(" ").slice(0, 60) }) : "");
      refresh();
      return fragmentOf(state) ? draw(history.state && history.state.kbRows || FIRST_ROWS) : showStill();
    };
    return catalog ? apply() : load().then(apply, () => {
      showStill();
      missing();
    });
  }

  function load() {
    return Kebao.facets().then((loaded) => {
      if (catalog) { return; }
      catalog = loaded;
      drawer = Kebao.catalogRows(catalog, covers);
      tools.sort.textContent = "";
      for (const name of ["date", "title", "lesson", "minutes"].filter((each) => catalog.sorts[each])) {
        tools.sort.append(element("option", { value: name }, say(`sort.${name}`)));
      }
      for (const facet of offered()) { panel.append(group(facet)); }
      place();
      refresh();
    });
  }

  const inForce = () => Object.assign({}, fixed, state.filters);

  /** Facets that can tell the resources of this list apart. */
  function offered() {
    const counts = catalog.select(fixed, usualSort).counts;
    return catalog.facets.filter((facet) => !fixed[facet.id] && counts(facet).filter(Boolean).length > 1);
  }

  function without(facet, value) {
    const filters = Object.assign({}, state.filters);
    const left = (filters[facet] || []).filter((id) => id !== value);
    if (left.length) { filters[facet] = left; } else { delete filters[facet]; }
    return Object.assign({}, state, { filters });
  }

  function withValue(facet, value) {
    const filters = Object.assign({}, state.filters);
    filters[facet] = (filters[facet] || []).concat(value);
    return Object.assign({}, state, { filters });
  }

  /* Above the list */

  const tools = {
    sort: element("select", { id: "kb-sort", onchange: () => go(Object.assign({}, state, { sort: tools.sort.value })) }),
    views: VIEWS.map((view) => element("button", { type: "button", "data-view": view, onclick: () => choose(view) },
      say(`view.${view}`))),
    status: element("p", { class: "kb-tools__status", role: "status" }),
    notice: element("div", { class: "kb-note", role: "status", hidden: true }),
    chips: element("div", { class: "kb-active", role: "group", "aria-label": say("active"), hidden: true }),
    list: element("div", { class: "kb-found", hidden: true }),
    more: element("p", { class: "kb-found__more", hidden: true }),
  };
  for (const name of ["date", "title", "lesson", "minutes"]) {
    tools.sort.append(element("option", { value: name }, say(`sort.${name}`)));
  }

  function choose(view) {
    remembered.set(view);
    go(Object.assign({}, state, { view }));
  }

  function notice(text, ...more) {
    tools.notice.textContent = "";
    tools.notice.hidden = !text;
    if (text) { tools.notice.append(element("p", {}, text, ...more)); }
  }

  function missing() {
    const again = element("button", { type: "button", class: "kb-link", onclick: () => { notice(""); follow(); } }, say("again"));
    notice(say("missing"), " ", again);
  }

  /** Counts, chips, sort and view as the state has them. */
  function refresh() {
    found = catalog.select(inForce(), state.sort);
    tools.sort.value = state.sort;
    showView(state.view || (fragmentOf(state) ? remembered.get() || usualView : usualView));
    const active = document.activeElement;
    const place = active && tools.chips.contains(active) ? Array.from(tools.chips.children).indexOf(active) : -1;
    showChips();
    if (place >= 0) {
      const left = tools.chips.querySelectorAll("button");
      (left.length ? left[Math.min(place, left.length - 1)] : tools.sort).focus();
    }
    panel.querySelectorAll("details").forEach((box) => { if (box.update) { box.update(); } });
    dialogShow.textContent = say("show", { n: found.documents.length });
  }

  function showView(view) {
    for (const button of tools.views) { button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === view)); }
  }

  const currentView = () => {
    const view = state.view || remembered.get();
    return VIEWS.includes(view) ? view : usualView;
  };

  function showChips() {
    tools.chips.textContent = "";
    const filtered = Object.keys(state.filters);
    tools.chips.hidden = !filtered.length;
    if (!filtered.length) { return; }
    for (const facet of catalog.facets) {
      for (const value of facet.values) {
        if ((fixed[facet.id] || []).includes(value.id)) {
          // What the page itself is about comes off on the page of everything.
          const rest = fragmentOf(Object.assign({}, state, { view: "" }));
          tools.chips.append(element("a", { class: "kb-active__chip", href: `${Kebao.base}/catalog/index.html#${rest}`,
            "aria-label": say("remove", { label: value.label }) }, value.label, cross()));
        } else if ((state.filters[facet.id] || []).includes(value.id)) {
          tools.chips.append(element("button", { type: "button", class: "kb-active__chip",
            "aria-label": say("remove", { label: value.label }), onclick: () => go(without(facet.id, value.id)) },
          value.label, cross()));
        }
      }
    }
    tools.chips.append(element("button", { type: "button", class: "kb-link",
      onclick: () => go(Object.assign({}, state, { filters: {} })) }, say("clear")));
  }

  const cross = () => element("span", { "aria-hidden": "true" }, "✕");

  /* The panel of facets: at the side, or in a dialog where there is no room */

  const panel = element("div", { class: "kb-narrow" });
  const dialogShow = element("button", { type: "button", class: "kb-button", onclick: () => dialog.close() });
  const dialogMessage = element("div", { role: "status" });
  const dialog = element("dialog", { class: "kb-dialog", "aria-label": say("filter"),
    onclose: () => { document.documentElement.classList.remove("kb-still"); } },
  element("div", { class: "kb-dialog__head" }, element("h2", {}, say("filter")),
    element("button", { type: "button", class: "kb-dialog__close", "aria-label": say("close"), onclick: () => dialog.close() }, cross())),
  dialogMessage,
  element("div", { class: "kb-dialog__foot" },
    element("button", { type: "button", class: "kb-link", onclick: () => go(Object.assign({}, state, { filters: {} })) }, say("clear")),
    dialogShow));

  function openDialog(event) {
    if (!narrow.matches || !dialog.showModal) { return; }
    event.preventDefault();
    dialogMessage.textContent = catalog ? "" : say("loading");
    dialogShow.hidden = !catalog;
    dialog.showModal();
    document.documentElement.classList.add("kb-still");
    load().then(() => {
      dialogMessage.textContent = "";
      dialogShow.hidden = false;
    }, () => { dialogMessage.textContent = say("missing"); });
  }

  /** Puts the panel where there is room for it. */
  function place() {
    if (!side || !catalog) { return; }
    if (narrow.matches && dialog.showModal) { dialog.insertBefore(panel, dialog.lastChild); }
    else {
      while (side.lastChild !== side.firstElementChild) { side.lastChild.remove(); }
      side.append(panel);
      side.open = true;
    }
  }

  /** One facet: folded until it is wanted, its values made when it is first opened. */
  function group(facet) {
    const amount = element("small", {});
    const box = element("details", { class: "kb-facet" }, element("summary", {}, say(`facet.${facet.id}`), " ", amount));
    box.open = OPEN.includes(facet.id);
    box.setAttribute("data-facet", facet.id);
    let update = null;
    box.update = () => {
      const chosen = (state.filters[facet.id] || []).length;
      amount.textContent = chosen ? say("chosen", { n: chosen }) : "";
      // What has nothing to offer is not offered.
      box.hidden = !chosen && !found.counts(facet).some(Boolean);
      if (!box.open && !update) { return; }
      if (!update) { update = values(facet, box); }
      if (box.open) { update(); }
    };
    box.addEventListener("toggle", () => box.update());
    return box;
  }

  function values(facet, box) {
    const label = say(`facet.${facet.id}`);
    const list = element("ul", { class: "kb-facet__values" });
    const total = catalog.select(fixed, usualSort).counts(facet);
    const places = facet.values.map((value, place) => place).filter((place) => total[place]);
    const isLong = places.length > LONG && !WHOLE.includes(facet.id), isSought = isLong && SOUGHT.includes(facet.id);
    let all = false;
    if (isSought) { places.sort((a, b) => total[b] - total[a] || a - b); }
    const items = places.map((place) => {
      const value = facet.values[place], number = element("small", {});
      const input = element("input", { type: "checkbox",
        onchange: () => go(input.checked ? withValue(facet.id, value.id) : without(facet.id, value.id)) });
      const item = element("li", {}, element("label", {}, input, element("span", {}, value.label), number));
      list.append(item);
      return { place, value, number, input, item };
    });
    const find = isSought && element("input", { type: "search", class: "kb-facet__find", autocomplete: "off",
      "aria-label": say("find", { facet: label }), placeholder: say("find", { facet: label }), oninput: () => update() });
    const none = element("p", { class: "kb-empty", role: "status" });
    const toggle = isLong && element("button", { type: "button", class: "kb-link", onclick: () => { all = !all; update(); } });
    if (find) { box.append(find); }
    // A list that is itself the group would be no list any more.
    box.append(element("div", { role: "group", "aria-label": label }, list), none);
    if (toggle) { box.append(toggle); }

    function update() {
      const counts = found.counts(facet), chosen = state.filters[facet.id] || [];
      const sought = find ? find.value.trim().toLowerCase() : "";
      let room = isLong && !all && !sought ? SHOWN : Infinity, left = 0;
      for (const { place, value, number, input, item } of items) {
        input.checked = chosen.includes(value.id);
        const fits = (counts[place] > 0 || input.checked) && value.label.toLowerCase().includes(sought);
        left += fits;
        item.hidden = !fits || !(room-- > 0 || input.checked);
        number.textContent = Kebao.number(counts[place]);
      }
      none.textContent = left ? "" : say("nothing");
      if (toggle) {
        toggle.hidden = !!sought || left <= SHOWN;
        toggle.textContent = all ? say("fewer") : say("all", { n: left });
      }
    }
    return update;
  }

  /* The list itself */

  function showStill() {
    drawing++;
    still.hidden = false;
    tools.list.hidden = tools.more.hidden = true;
    tools.list.removeAttribute("aria-busy");
    tools.chips.hidden = true;
    tools.status.textContent = "";
    tools.list.textContent = "";
    showView(usualView);
    tools.sort.value = usualSort;
  }

  /** Draws the first `count` rows, or as many more as are asked for. */
  function draw(count) {
    const mine = ++drawing, view = currentView(), documents = Array.from(found.documents.slice(0, count));
    const total = found.documents.length;
    tools.status.textContent = say("results", { n: total });
    if (!total) { return showNothing(); }
    tools.list.setAttribute("aria-busy", "true");
    // Of a list that someone comes back to, all: the browser scrolls to where they were.
    return catalog.rows(documents.slice(0, count > FIRST_ROWS ? count : SCREEN_ROWS)).then((rows) => {
      if (mine !== drawing) { return null; }
      const content = drawer.list(view, items(view, documents, rows));
      putList(content);
      tools.more.hidden = true;
      return idle().then(() => mine === drawing && catalog.rows(documents)).then((all) => {
        if (!all || mine !== drawing) { return; }
        (view === "table" ? content.lastChild : content).append(...items(view, documents.slice(rows.length), all.slice(rows.length)));
        shown = documents.length;
        tools.list.removeAttribute("aria-busy");
        if (all.includes(null)) { missing(); }
        showMore(total);
      });
    });
  }

  const items = (view, documents, rows) => rows.map((row, i) => drawer.item(view, documents[i], row));
  const idle = () => new Promise((done) => window.requestIdleCallback ? requestIdleCallback(done, { timeout: 200 }) : setTimeout(done));

  function putList(content) {
    tools.list.textContent = "";
    tools.list.append(content);
    tools.list.hidden = false;
    still.hidden = true;
  }

  function showMore(total) {
    const next = Math.min(MORE_ROWS, total - shown);
    const button = tools.more.querySelector("button") || element("button", { type: "button", class: "kb-button kb-button--small", onclick: more });
    tools.more.hidden = !next;
    button.textContent = say("more", { n: next });
    tools.more.textContent = "";
    tools.more.append(element("span", {}, say("shown", { n: shown, total })), button);
  }

  function more() {
    const count = shown + MORE_ROWS;
    // Coming back from a resource, as many rows are there again.
    try { history.replaceState({ kbRows: count }, ""); } catch (error) { /* only a comfort */ }
    const before = shown, mine = ++drawing;
    const documents = Array.from(found.documents.slice(before, count));
    catalog.rows(documents).then((rows) => {
      if (mine !== drawing) { return; }
      const view = currentView(), body = tools.list.querySelector(view === "table" ? "tbody" : "ul");
      body.append(...documents.map((number, i) => drawer.item(view, number, rows[i])));
      shown = before + documents.length;
      showMore(found.documents.length);
      const first = body.children[before].querySelector("a:not([tabindex])");
      if (first) { first.focus({ preventScroll: true }); }
      tools.status.textContent = say("shown", { n: shown, total: found.documents.length });
    });
  }

  function showNothing() {
    tools.more.hidden = true;
    const ways = [];
    for (const id of Object.keys(state.filters)) {
      for (const value of state.filters[id]) {
        const next = without(id, value);
        const left = catalog.select(Object.assign({}, fixed, next.filters), state.sort).documents.length;
        const label = (catalog.facet(id).values.find((each) => each.id === value) || {}).label;
        if (left) {
          ways.push(element("li", {}, element("button", { type: "button", class: "kb-active__chip", onclick: () => go(next) },
            say("without", { label, n: left }))));
        }
      }
    }
    putList(element("div", { class: "kb-nothing" }, element("p", {}, say("empty")),
      ways.length > 0 && element("p", {}, say("empty.try")), ways.length > 0 && element("ul", {}, ways),
      element("button", { type: "button", class: "kb-button kb-button--small",
        onclick: () => go(Object.assign({}, state, { filters: {} })) }, say("clear"))));
    tools.list.removeAttribute("aria-busy");
  }

  /* The beginning */

  main.querySelectorAll(".kb-card__cover").forEach((link) => {
    const picture = link.querySelector("img");
    if (picture) { covers[link.getAttribute("href")] = picture; }
  });
  still.append(...Array.from(main.childNodes));
  main.append(element("div", { class: "kb-tools" },
    element("label", { class: "kb-tools__sort" }, element("span", {}, say("sort")), tools.sort),
    element("div", { class: "kb-tools__views", role: "group", "aria-label": say("view") }, tools.views)),
  tools.notice, tools.chips, tools.status, tools.list, tools.more, still);
  page.classList.add("kb-live");
  tools.sort.value = usualSort;
  showView(usualView);

  if (side) {
    page.parentNode.append(dialog);
    const opener = side.querySelector("summary");
    opener.textContent = say("filter");
    opener.addEventListener("click", openDialog);
    if (dialog.showModal) { opener.setAttribute("aria-haspopup", "dialog"); }
    const changed = () => { dialog.open && dialog.close(); place(); };
    if (narrow.addEventListener) { narrow.addEventListener("change", changed); } else { narrow.addListener(changed); }
  }
  window.addEventListener("popstate", follow);
  if (readFragment()) { follow(); }
  else if (side && !narrow.matches && !(navigator.connection && navigator.connection.saveData)) {
    // At the side the filters come once the page stands; in a dialog once they are asked for.
    const early = () => load().catch(() => null);
    window.addEventListener("load", () => (window.requestIdleCallback || setTimeout)(early));
  }
})();
