/* How a resource looks in the catalog: a row of the table, or a card. */
(() => {
  "use strict";
  const Kebao = window.Kebao, element = Kebao.element;
  const SVG = "http://www.w3.org/2000/svg";
  const say = (key, params) => Kebao.t(`catalog.${key}`, params), own = (Kebao.shard || "").split("/")[0];

  /** Draws documents of a catalog; `covers` are pictures by the address of the page that they stand for. */
  Kebao.catalogRows = (catalog, covers) => {
    const labels = (facet, number) => catalog.valuesOf(facet, number).map((value) => value.label);
    const joined = (texts) => texts.slice(0, 3).join(say("separator")) + (texts.length > 3 ? "…" : "");
    const audience = (number) => joined(labels("grade", number)) || joined(labels("stage", number));
    const minutesOf = (row) => row && row[5] ? say("minutes", { n: Number(row[5]) }) : "";

    function title(number, row) {
      if (!row) { return element("span", { class: "kb-empty" }, say("row.missing")); }
      const language = catalog.valuesOf("language", number)[0];
      const isForeign = language && language.id.split("-")[0] !== document.documentElement.lang.split("-")[0];
      const badges = labels("level", number).map((label) => element("small", { class: "kb-badge--level" }, label));
      if (isForeign) { badges.unshift(element("small", {}, language.label)); }
      const origin = catalog.valuesOf("origin", number)[0];
      const isUpstream = origin && origin.id !== own;
      if (isUpstream) { badges.push(element("small", { class: "kb-badge--origin" }, say("origin.from", { package: origin.label }))); }
      const link = element("a", { href: `${Kebao.base}/${row[1]}`, lang: isForeign && language.id, dir: isForeign && "auto" }, row[0]);
      // Beside a text that is longer than itself only colour would tell a link.
      return [isUpstream ? element("span", { class: "kb-rows__line" }, link) : link,
        ...[].concat(...badges.map((badge) => [" ", badge]))];
    }

    function table(body) {
      const heads = ["title", "kind", "grade", "subject", "minutes", "organisation"];
      // Roles: on a phone the rows are laid out as blocks, which would take the table's meaning away.
      return element("table", { class: "kb-found__table", role: "table" },
        element("caption", { class: "kb-hidden" }, document.querySelector("h1").firstChild.textContent.trim()),
        element("thead", {}, element("tr", { role: "row" },
          heads.map((name) => element("th", { scope: "col", role: "columnheader" }, say(`column.${name}`))),
          Kebao.pickButton && element("th", { scope: "col", role: "columnheader" }, element("span", { class: "kb-hidden" }, say("column.pick"))))),
        body);
    }

    function line(number, row) {
      const cells = [joined(labels("kind", number)), audience(number), joined(labels("subject", number)), minutesOf(row),
        joined(labels("organisation", number))];
      return element("tr", { role: "row" }, element("th", { scope: "row", role: "rowheader" }, title(number, row)),
        cells.map((text) => element("td", { role: "cell" }, text)),
        Kebao.pickButton && element("td", { class: "kb-found__pick", role: "cell" }, row && Kebao.pickButton(row)));
    }

    function card(number, row) {
      const kind = catalog.valuesOf("kind", number)[0];
      const facts = [audience(number), joined(labels("subject", number)), minutesOf(row), joined(labels("organisation", number))];
      const has = catalog.valuesOf("has", number).filter((value) => value.id !== "video").slice(0, 6);
      return element("li", { class: "kb-card" },
        element("a", { class: "kb-card__cover", href: row && `${Kebao.base}/${row[1]}`, tabindex: "-1", "aria-hidden": "true" },
          cover(number, row, kind)),
        element("div", { class: "kb-card__body" },
          element("p", { class: "kb-card__kind" }, kind ? kind.label : ""),
          element("h3", { class: "kb-card__title" }, title(number, row)),
          row && element("p", { class: "kb-card__summary" }, row[2]),
          element("p", { class: "kb-card__facts" }, facts.filter(Boolean).map((fact) => element("span", {}, fact))),
          has.length > 0 && element("ul", { class: "kb-files" }, has.map((value) => element("li", {}, value.label))),
          row && Kebao.pickButton && Kebao.pickButton(row)));
    }

    /** The picture that came with the page, else one drawn of the kind, subject and grade. */
    function cover(number, row, kind) {
      const known = row && covers[`${Kebao.base}/${row[1]}`];
      if (known) { return known.cloneNode(true); }
      const path = kind && catalog.icons[kind.id];
      const subject = joined(labels("subject", number));
      return element("span", { class: `kb-cover kb-cover--${kind ? kind.id : ""}` }, path && drawn(path),
        element("span", {}, subject || (kind ? kind.label : "")), element("small", {}, audience(number)));
    }

    function drawn(path) {
      const svg = document.createElementNS(SVG, "svg"), shape = document.createElementNS(SVG, "path");
      svg.setAttribute("viewBox", "0 0 24 24");
      svg.setAttribute("class", "kb-icon");
      shape.setAttribute("d", path);
      svg.append(shape);
      return svg;
    }

    return {
      /** The documents as a list of a view, to be put on the page. */
      list(view, items) {
        return view === "table" ? table(element("tbody", {}, items)) : element("ul", { class: "kb-cards" }, items);
      },
      item(view, number, row) { return view === "table" ? line(number, row) : card(number, row); },
    };
  };
})();
