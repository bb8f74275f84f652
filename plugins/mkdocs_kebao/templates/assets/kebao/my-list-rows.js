/* What the search data says of the items of "my list": their rows of the document table, and their QR codes.
   Needs my-list.js. Other packages and locales are read from their own shards, where those can be reached. */
(() => {
  "use strict";
  const Kebao = window.Kebao;
  const SVG = "http://www.w3.org/2000/svg";
  const BITS_A_DIGIT = 6, CODE_MARGIN = 2;

  /** The site's root seen from this page; the shard may be a site of its own, then this leads nowhere. */
  const siteBase = `${Kebao.base}/../../..`;
  const ownPackage = Kebao.shard.split("/")[0];
  const locale = Kebao.shard.split("/")[1];

  const pageOf = (uri) => uri.split("#")[0].split("/").slice(-2).join("/");

  /** The shards in which an item can be, the best first; `shards` are those of the site. */
  function shardsOf(item, shards) {
    if (item.package === ownPackage) { return [Kebao.shard]; }
    const edition = item.shard.split("/")[1];
    const inThisLocale = `${item.package}/${locale}/${edition}`;
    const asPicked = `${item.package}/${item.shard}`;
    return shards.includes(inThisLocale) && inThisLocale !== asPicked ? [inThisLocale, asPicked] : [asPicked];
  }

  /** The document table of one shard: page → `{row, bundle, base, shard, file, place}` of those that are in it. */
  async function rowsIn(shard, pages) {
    const base = shard === Kebao.shard ? Kebao.base : `${siteBase}/${shard}`;
    const root = await Kebao.load("root", "", "", base);
    const firsts = (await Kebao.load("docs", "", root.id, base)).map(pageOf);
    const byFile = new Map();
    for (const page of pages) {
      let file = 0;
      while (file + 1 < firsts.length && firsts[file + 1] <= page) { file++; }
      byFile.set(file, (byFile.get(file) || []).concat(page));
    }
    const found = new Map();
    await Promise.all(Array.from(byFile, async ([file, wanted]) => {
      const [rows, bundles] = await Promise.all(["m", "b"].map((folder) => Kebao.load(`${folder}/${file}`, "", root.id, base)));
      rows.forEach((row, place) => {
        const page = pageOf(row[1]);
        if (bundles[place] && wanted.includes(page)) { found.set(page, { row, bundle: bundles[place], base, shard, file, place, id: root.id }); }
      });
    }));
    return found;
  }

  /** What is known of the items: key → found, or `{problem}`: "gone" where the edition does not have it,
      "missing" or "stale" where its data cannot be read. */
  async function find(items, shards) {
    const answers = new Map();
    let waiting = items.map((item) => ({ item, places: shardsOf(item, shards) }));
    while (waiting.length) {
      const byShard = new Map();
      for (const each of waiting) {
        const shard = each.places.shift();
        byShard.set(shard, (byShard.get(shard) || []).concat(each));
      }
      await Promise.all(Array.from(byShard, async ([shard, asked]) => {
        let rows = new Map(), problem = "gone";
        try { rows = await rowsIn(shard, asked.map(({ item }) => item.page)); }
        catch (error) { problem = error.kind || "missing"; }
        for (const { item } of asked) { answers.set(Kebao.list.key(item), rows.get(item.page) || { problem }); }
      }));
      waiting = waiting.filter(({ item, places }) => answers.get(Kebao.list.key(item)).problem && places.length);
    }
    return answers;
  }

  /** The QR code of a found item's page as an SVG element; null where the site knows no address of its own. */
  async function code({ base, file, place, id }) {
    const codes = await Kebao.load(`q/${file}`, "", id, base);
    return codes[place] ? drawn(codes[place]) : null;
  }

  function drawn(digits) {
    const side = Math.floor(Math.sqrt(BITS_A_DIGIT * digits.length));
    const isDark = (place) =>
      Kebao.digit(digits, Math.floor(place / BITS_A_DIGIT)) >> (BITS_A_DIGIT - 1 - place % BITS_A_DIGIT) & 1;
    let strokes = "";
    for (let y = 0; y < side; y++) {
      for (let x = 0, width = 0; x < side; x += width || 1) {
        for (width = 0; x + width < side && isDark(y * side + x + width); width++) { /* only counts */ }
        if (width) { strokes += `M${x + CODE_MARGIN} ${y + CODE_MARGIN}.5h${width}`; }
      }
    }
    const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", `0 0 ${side + 2 * CODE_MARGIN} ${side + 2 * CODE_MARGIN}`);
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("stroke", "#000");
    path.setAttribute("d", strokes);
    svg.append(path);
    return svg;
  }

  Object.assign(Kebao.list, { find, code, siteBase });
})();
