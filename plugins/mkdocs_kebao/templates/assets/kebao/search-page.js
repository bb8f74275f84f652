/* The search page: query and filters stand in the address after #, so that they can be kept and passed on. */
(() => {
  "use strict";
  const { Kebao } = window, { element, marked, replace, tell } = Kebao;
  const [form, answer, results, hitList, filterList, elsewhere] =
    ["ask", "answer", "results", "hits", "filters", "elsewhere"].map((name) => document.getElementById(`kb-${name}`));
  const input = form.elements.q, MOST_VALUES = 12;
  let state = {}, newest = 0, shown;

  const address = (changes) => {
    const said = Object.entries(Object.assign({}, state, changes)).filter(([, value]) => value);
    return `#${new URLSearchParams(said)}`;
  };
  const go = (changes) => { location.hash = address(changes); };
  const button = (label, onclick, pressed) =>
    element("button", { type: "button", class: "kb-chip", onclick, "aria-pressed": pressed }, label);
  const heading = (words, n) => element("h2", { class: "kb-group" }, words, n && element("small", null, ` ${Kebao.number(n)}`));

  // Whoever is here filters: that much is there before the first word is typed.
  const ready = () => Kebao.ready().then(() => Kebao.part("filters"));

  // Further filters are loaded when someone opens them, or when the address asks for one.
  const ask = (...known) => Object.keys(state).some((name) => state[name] && !known.includes(name));
  const box = element("div"), others = element("div"), clear = element("div");
  const more = element("details", { ontoggle: () => more.open && !others.firstChild && show() },
    element("summary", null, tell("more_filters")), others);
  filterList.append(box, more, clear);

  /** One facet: the values that some result has, of many the most frequent ones. */
  function group({ id: facet, values }, counts) {
    const count = (id) => counts[facet][id] || 0, isOn = (id) => state[facet] === id;
    const offered = values.filter(([id]) => count(id) || isOn(id));
    if (offered[MOST_VALUES]) { offered.sort(([a], [b]) => isOn(b) - isOn(a) || count(b) - count(a)).length = MOST_VALUES; }
    return offered[0] && element("fieldset", null, element("legend", null, Kebao.t(`catalog.facet.${facet}`)), offered.map(([id, label]) =>
      button([label, element("small", null, Kebao.number(count(id)))], () => go({ [facet]: isOn(id) ? "" : id }), String(isOn(id)))));
  }
  function drawFilters({ facets }, counts) {
    const groups = facets.map((facet) => group(facet, counts));
    replace(box, groups.slice(0, 3));
    replace(others, groups.slice(3));
    replace(clear, ask("q") && button(tell("clear"), () => {
      state = { q: state.q };
      go();
    }));
  }

  const listOf = (hits) => element("ol", { class: "kb-hits" }, hits.map(({ row, file, runs, snippet }) => element("li", null,
    element("h3", { dir: "auto" }, element("a", { href: Kebao.link(row[1]) }, marked(Kebao.pieces(row[0], runs)))),
    element("p", { class: "kb-hit__facts" }, row[3]),
    element("p", { dir: "auto", class: file && "kb-hit__file" },
      file && [element("a", { href: Kebao.link(file[1]) }, tell("in_file", { file: file[0] })), " "],
      snippet && snippet[0] != null ? marked(snippet) : row[2]),
    Kebao.pickButton(row))));

  function draw(index, result, hits) {
    const parts = [], counts = result.counts.kind, left = result.hits.length - hits.length;
    Kebao.byKind(hits.filter(({ group }) => !group), index).forEach(([id, label, group]) => parts.push(heading(label, counts[id]), listOf(group),
      counts[id] > group.length && !state.kind && button(tell("of_kind", { n: counts[id], kind: label }), () => go({ kind: id }))));
    for (const group of ["sound", "partial"]) {
      const some = hits.filter((hit) => hit.group === group);
      if (some[0]) { parts.push(heading(tell(`${group}`)), listOf(some)); }
    }
    replace(hitList, parts, left > 0 && button(tell("next", { n: Math.min(10, left) }), async () => {
      const next = await Kebao.confirm(result, hits.length), { href } = element("a", { href: Kebao.link(next[0].row[1]) });
      draw(index, result, hits.concat(next));
      [...hitList.querySelectorAll("h3 a")].find((link) => link.href === href).focus();
    }));
  }

  /** Shows the results, or where else to look. */
  function open(hasResults) {
    results.hidden = !hasResults;
    elsewhere.hidden = !results.hidden;
  }

  async function show() {
    const mine = ++newest, query = state.q, isOld = () => mine !== newest;
    const wait = setTimeout(() => isOld() || replace(answer, tell("loading")), 300);
    const say = (...words) => {
      clearTimeout(wait);
      replace(answer, ...words);
    };
    shown = address();
    try {
      if (!query) {
        open(false);
        return say(tell("hint"));
      }
      elsewhere.hidden = true;
      await ready();
      const result = await Kebao.search(query, Object.assign({ more: more.open || ask("q", "kind", "subject", "stage") }, state)), { index, used, total, hits, cut, suggestions } = result;
      const first = await Promise.all(hits.slice(0, 10).map(Kebao.fill));
      if (isOld()) { return; }
      say([used ? tell("instead", { query, used }) : "",
        hits[0] ? tell("found", { n: total }) : `${tell("none", { query })} ${tell("none.help")}`,
        cut ? tell("cut", { n: 100 }) : "", suggestions[0] ? tell("meant") : ""].filter(Boolean).join(" "),
      suggestions.map((q) => element("a", { href: address({ q }) }, q)));
      drawFilters(index, result.counts);
      draw(index, result, first);
      open(hits[0]);
      const confirmed = await Kebao.confirm(result);
      if (!isOld()) { draw(index, result, confirmed); }
    } catch (error) {
      if (isOld()) { return; }
      say(Kebao.excuse(error), " ", button(tell("retry"), show));
      open(false);
    }
  }

  function read() {
    const said = new URLSearchParams(location.hash.slice(1) || location.search);
    state = { q: "" };
    said.forEach((value, name) => { state[name] = value.slice(0, 999); });
    if (address() !== shown) {
      input.value = state.q;
      show();
    }
  }
  Kebao.listen(input, (q) => {
    state.q = q;
    show();
  }, ready);
  form.onchange = form.onsubmit = (event) => {
    event.preventDefault();
    go({ q: input.value.trim() });
  };
  window.onhashchange = read;
  read();
})();
