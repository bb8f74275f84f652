/* What the catalog filters by: who has which value, how many that leaves, in which order. No elements here. */
(() => {
  "use strict";
  const Kebao = window.Kebao;
  const ROWS_PER_FILE = 16, HASH_DIGITS = 6;
  let catalog = null;

  /** The catalog of this shard, loaded once. */
  Kebao.facets = () => catalog || (catalog = current().then(read).catch((error) => {
    catalog = null;
    throw error;
  }));

  // Asked for anew each time, a few bytes: else a cache could give filters of an older site beside newer rows.
  const current = () => Kebao.load("version", "", Date.now()).then((version) => Kebao.load("facets", version.facets));

  function read(payload) {
    const facets = payload.facets.map((facet) => ({
      id: facet.id,
      values: facet.values.map(([id, label]) => ({ id, label })),
      // Positions of the values in each set; `of` tells the set of each document.
      sets: readSets(facet.sets, facet.values.length),
      of: readColumn(facet, payload.n),
    }));
    // Without a prototype: an address may ask for an order called "constructor".
    const sorts = Object.create(null);
    for (const name of Object.keys(payload.sorts)) { sorts[name] = readColumn(payload.sorts[name], payload.n); }
    const minutes = facets.find((facet) => facet.id === "minutes");
    if (minutes) {
      // Its sets stand in the order of their lengths; what has no length comes last.
      const last = minutes.sets[0].length ? -1 : 0;
      sorts.minutes = minutes.of.map((set) => set === last ? minutes.sets.length : set);
    }
    return new Catalog(payload, facets, sorts);
  }

  function readNumber(text, start, width) {
    let number = 0;
    for (let i = start; i < start + width; i++) { number = number * 85 + Kebao.digit(text, i); }
    return number;
  }

  function readColumn({ runs, width, first, digits }, count) {
    const numbers = new Uint32Array(count);
    if (runs) {
      for (let i = 0, at = 0; i < runs.length; at += runs[i + 1], i += 2) { numbers.fill(runs[i], at, at + runs[i + 1]); }
    } else {
      for (let i = 0; i * width < digits.length; i++) { numbers[first + i] = readNumber(digits, i * width, width); }
    }
    return numbers;
  }

  function readSets(text, valueCount) {
    let width = 1;
    while (85 ** width < valueCount) { width++; }
    return text.split(" ").map((set) => {
      const values = [];
      for (let i = 0; i < set.length; i += width) { values.push(readNumber(set, i, width)); }
      return values;
    });
  }

  class Catalog {
    constructor(payload, facets, sorts) {
      this.count = payload.n;
      this.icons = payload.icons;
      this.facets = facets;
      this.sorts = sorts;
      this.hashes = payload.m || "";
      this.id = payload.id;
      this.orders = {};
      this.files = {};
    }

    facet(id) { return this.facets.find((facet) => facet.id === id); }

    /** The values of a document in a facet. */
    valuesOf(id, number) {
      const facet = this.facet(id);
      return facet ? facet.sets[facet.of[number]].map((value) => facet.values[value]) : [];
    }

    /** What `filters` (facet id → value ids, one of which is enough) leave: the documents in the order of `sort`,
        and `counts(facet)`: how many each of its values would leave if it were the facet's only one. */
    select(filters, sort) {
      const missed = new Uint8Array(this.count), missedLast = new Uint8Array(this.count);
      this.facets.forEach((facet, position) => {
        if (!filters[facet.id]) { return; }
        const wanted = facet.sets.map((set) => set.some((value) => filters[facet.id].includes(facet.values[value].id)));
        for (let i = 0; i < this.count; i++) {
          if (!wanted[facet.of[i]]) {
            missed[i]++;
            missedLast[i] = position;
          }
        }
      });
      const tallies = new Map();
      return {
        documents: this.order(sort).filter((number) => !missed[number]),
        counts: (facet) => tallies.get(facet) || tallies.set(facet, this.tally(facet, missed, missedLast)).get(facet),
      };
    }

    tally(facet, missed, missedLast) {
      const position = this.facets.indexOf(facet), bySet = new Uint32Array(facet.sets.length);
      for (let i = 0; i < this.count; i++) {
        if (!missed[i] || (missed[i] === 1 && missedLast[i] === position)) { bySet[facet.of[i]]++; }
      }
      const counts = new Uint32Array(facet.values.length);
      facet.sets.forEach((set, number) => set.forEach((value) => { counts[value] += bySet[number]; }));
      return counts;
    }

    /** All documents in an order, sorted once. */
    order(sort) {
      const rank = this.sorts[sort];
      return this.orders[sort] || (this.orders[sort] =
        Uint32Array.from({ length: this.count }, (none, i) => i).sort((a, b) => rank[a] - rank[b] || a - b));
    }

    /** The rows of the documents out of the document table; null for those whose file does not come. */
    rows(documents) {
      const files = new Set(documents.map((number) => Math.floor(number / ROWS_PER_FILE)));
      const missing = Array.from(files).filter((file) => !this.files[file]).map((file) => {
        const hash = this.hashes.substr(file * HASH_DIGITS, HASH_DIGITS);
        return Kebao.load(`m/${file}`, hash || undefined).then((rows) => { this.files[file] = rows; }, () => null);
      });
      const read = () => documents.map((number) =>
        (this.files[Math.floor(number / ROWS_PER_FILE)] || [])[number % ROWS_PER_FILE] || null);
      return missing.length ? Promise.all(missing).then(read) : Promise.resolve(read());
    }
  }
})();
