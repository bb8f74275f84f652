/* "What's new": filters the changes that stand on the page; what is chosen is kept in the fragment. Needs data.js. */
(() => {
  "use strict";
  const Kebao = window.Kebao, element = Kebao.element;
  const place = document.getElementById("kb-news-filter"), source = document.getElementById("kb-news-data");
  const rows = Array.from(document.querySelectorAll("[data-change]"));
  if (!place || !source || rows.length < 2) { return; }
  const data = JSON.parse(source.textContent);
  Kebao.put("texts", "", data.words);
  const say = (key, params) => Kebao.t(`whatsnew.${key}`, params);
  const facets = data.facets.filter(({ values }) => values.length > 1);
  const anchor = location.hash.includes("=") ? "" : location.hash;

  const selects = new Map(facets.map(({ id, values }) => [id, element("select", { onchange: choose },
    element("option", { value: "" }, say("any")), values.map(([value, label]) => element("option", { value }, label)))]));
  const told = element("p", { class: "kb-when", role: "status" });
  const clear = element("button", { type: "button", class: "kb-button kb-button--small", onclick: reset }, say("clear"));
  place.append(element("div", { class: "kb-path-form", role: "group", "aria-label": say("filter") },
    facets.map(({ id, title }) => element("label", {}, element("span", {}, title), selects.get(id)))), clear, told);

  function chosen() { return Array.from(selects, ([id, { value }]) => [id, value]).filter(([, value]) => value); }

  function choose() {
    const state = chosen().map(([id, value]) => `${id}=${encodeURIComponent(value)}`).join("&");
    history.replaceState(null, "", state ? `#${state}` : anchor || location.pathname + location.search);
    draw();
  }

  function reset() {
    selects.forEach((select) => { select.value = ""; });
    choose();
  }

  function draw() {
    const wanted = chosen();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !wanted.every(([id, value]) => row.getAttribute(`data-${id}`).split(" ").includes(value));
      shown += row.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll("[data-change-group]")) {
      group.hidden = !group.querySelector("[data-change]:not([hidden])");
    }
    clear.hidden = !wanted.length;
    told.textContent = wanted.length ? say(shown ? "shown" : "none", { n: shown, total: rows.length }) : "";
  }

  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    selects.forEach((select, id) => {
      const value = state.get(id) || "";
      select.value = Array.from(select.options).some((option) => option.value === value) ? value : "";
    });
    draw();
  }
  window.addEventListener("hashchange", read);
  read();
})();
