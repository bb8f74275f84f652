/* The teacher's path on the home page: stage, grade, subject, textbook, go. It leads to the filtered catalog;
   the links to the lists of stages and grades stay below it. */
(() => {
  "use strict";
  const Kebao = window.Kebao, element = Kebao.element;
  const say = (key, params) => Kebao.t(`catalog.${key}`, params);
  const list = document.querySelector(".kb-path");
  if (!list) { return; }

  const STEPS = ["stage", "grade", "subject", "textbook"];
  const chosen = {};
  const selects = {};
  for (const step of STEPS) {
    selects[step] = element("select", { onchange: () => choose(step), disabled: step !== "stage" });
    fill(step, []);
  }
  // Stages are on the page already; what follows comes once the reader sets out.
  fill("stage", Array.from(list.querySelectorAll("h3 a"), (link) =>
    ({ id: link.getAttribute("href").replace(/^.*\/|\.html$/g, ""), label: link.textContent })));
  const go = element("a", { class: "kb-button", href: address() }, say("path.go"));
  const form = element("div", { class: "kb-path-form", role: "group", "aria-label": say("path"), onfocusin: load },
    STEPS.map((step) => element("label", {}, element("span", {}, say(`facet.${step}`)), selects[step])), go);
  list.parentNode.insertBefore(form, list);

  function fill(step, values) {
    selects[step].textContent = "";
    selects[step].append(element("option", { value: "" }, say("path.any")),
      ...values.map(({ id, label }) => element("option", { value: id }, label)));
    selects[step].value = chosen[step] || "";
  }

  function filters() {
    const set = {};
    for (const step of STEPS) { if (chosen[step]) { set[step] = [chosen[step]]; } }
    return set;
  }

  function address() {
    const fragment = STEPS.filter((step) => chosen[step]).map((step) => `${step}=${encodeURIComponent(chosen[step])}`).join("&");
    return `${Kebao.base}/catalog/index.html${fragment ? `#${fragment}` : ""}`;
  }

  function choose(step) {
    chosen[step] = selects[step].value;
    // What comes after a changed step may not go with it any more.
    for (const later of STEPS.slice(STEPS.indexOf(step) + 1)) { chosen[later] = ""; }
    go.href = address();
    load();
  }

  function load() {
    Kebao.facets().then((catalog) => {
      let before = {};
      for (const step of STEPS) {
        const facet = catalog.facet(step), counts = facet ? catalog.select(before, "date").counts(facet) : [];
        fill(step, facet ? facet.values.filter((value, place) => counts[place]) : []);
        selects[step].disabled = selects[step].options.length < 2;
        if (chosen[step]) { before = Object.assign({}, before, { [step]: [chosen[step]] }); }
      }
      go.textContent = say("path.go", { n: catalog.select(filters(), "date").documents.length });
    // Without the data the way goes on in the catalog.
    }, () => null);
  }
})();
