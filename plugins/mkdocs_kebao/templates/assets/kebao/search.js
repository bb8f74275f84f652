/* The search engine: the index of docs/search-format.md, read as far as a query needs it. No elements here.
   What helps when words fail (pinyin, sound, spelling) is search-help.js, loaded when they do. */
(() => {
  "use strict";
  const { Kebao } = window, { decode, digit, load } = Kebao;
  const HAN = "[々〇㐀-\u4dbf一-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]";
  const SIGN = "[\\p{L}\\p{M}\\p{N}]", SYLLABLE = `(?:(?=[\\u0f00-\\u0fff])${SIGN})+`;
  const RUN = new RegExp(`(${HAN}+)|(${SYLLABLE}(?:\\u0f0b${SYLLABLE})*)|((?!${HAN}|[\\u0f00-\\u0fff])${SIGN})+`, "gu");
  const HAN_SIGN = new RegExp(HAN, "gu"), CLUSTER = /\P{M}\p{M}*|\p{M}+/gu;
  const DROPPED = /[\u00ad\u0640\u061c\u064b-\u0652\u0670\u180a-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]/g;
  const TWINS = { "ς": "σ", "ه": "ە", "ک": "ك", "ё": "е" };
  const LONGEST = 100, MOST_TERMS = 8, SHOWN = 10, WINDOW = 44, MOST_SHARDS = 4;
  // So that no query loads more than 250 KB: what is left for texts, what a shard takes of it, and what a file of texts
  // takes at least; in tokens, three bytes each.
  const ROOM = 77e3, SHARD = 8e3, BLOCK = 1300;
  const join = (lists) => [].concat(...lists), signs = Array.from, every = (promises) => Promise.all(promises);

  /* Words of a query */

  Kebao.normal = (text) => text.normalize("NFKC").toLowerCase().replace(DROPPED, "").replace(/[ςهکё]/g, (sign) => TWINS[sign])
    .replace(/[٠-٩۰-۹༠-༩᠐-᠙]/g, (sign) => sign.charCodeAt() & 15);

  /** The runs of a normalised query with their terms: `=key`, `*beginning of keys`, `?one character`. */
  const runsOf = Kebao.runs = (query) => {
    const runs = [];
    query.replace(RUN, (text, han, tibetan, word, at) => {
      const parts = han ? signs(text) : tibetan ? text.split("\u0f0b") : [signs(text).slice(0, 24).join("")];
      const keys = parts[1] ? parts.slice(1).map((part, i) => parts[i] + (han ? "" : "\u0f0b") + part) : parts;
      const last = keys.length - 1, isTyped = !han && at + text.length === query.length;
      const terms = keys.map((key, i) => (han && !parts[1] ? "?" : isTyped && i === last ? "*" : "=") + key)
        .filter((term, i) => !han || last < 7 || i % 2 === 0 || i === last);
      runs.push({ text, han, parts, terms });
    });
    return runs;
  };
  const termsOf = (runs) => [...new Set(join(runs.map(({ terms }) => terms)))];

  /* The index */

  let index, root, folds = {}, folded = /[]/g, touched;
  const foldIn = Kebao.foldIn = (pairs) => {
    signs(pairs).forEach((sign, i, all) => { if (i % 2) { folds[all[i - 1]] = sign; } });
    if (pairs) { folded = new RegExp(`[${Object.keys(folds).join("")}]`, "gu"); }
  };
  const plain = Kebao.plain = (text) => Kebao.normal(text).replace(folded, (sign) => folds[sign]);

  /** Loads the root, once; every search waits for it. */
  Kebao.open = async (fresh) => {
    if (fresh) { Kebao.forget("root"); }
    const now = await load("root", "", fresh && Date.now());
    if (now === root) { return index; }
    if (now.v !== 1) { throw Kebao.problem("stale", "root"); }
    [root, folds, folded] = [now, {}, /[]/g];
    foldIn(root.fold);
    const of = new Uint8Array(root.n), owners = [], starts = [], parts = decode(root.parts);
    let end = 0, parent = 0;
    decode(root.kind).forEach((value, i, all) => { if (i % 2) { of.fill(all[i - 1], end, end += value); } });
    for (let doc = 0; doc < root.n; doc++) {
      if (digit(root.t, doc / 6 | 0) >> 5 - doc % 6 & 1) { starts.push(doc); }
      // What is of no kind is a part of a resource's file.
      if (!of[doc]) { while (!parts[parent]) { parent++; } }
      owners.push(of[doc] ? doc : parent);
      if (!of[doc]) { parts[parent]--; }
    }
    // Of every facet the ids that the values of its column stand for: of none, of one, or of several.
    index = { root, owners, starts, dir: root.dir.split(" "), facets: [{ id: "kind", values: root.kinds, of, sets: [[], ...root.kinds.map(([id]) => [id])] }] };
    return index;
  };
  const hashOf = (number) => signs(root.hash.substr(number * 4, 4)).reduce((sum, sign) => sum * 64 + digit(sign, 0), 1).toString(16).slice(1);
  /** How long a document is: doublings of 60 tokens. */
  const sizeOf = (doc) => digit(root.len, doc >> 1) / (doc % 2 ? 1 : 9) % 9 | 0;
  const part = Kebao.part = (name) => load(name, "", root.id);
  const row = Kebao.row = async (doc) => (await part(`m/${doc >> 4}`))[doc & 15];

  /** How many items at the start of a list pass a test that none after them passes. */
  function countWhile(list, test) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (test(list[middle])) { low = middle + 1; } else { high = middle; }
    }
    return low;
  }

  /** The keys that a term means, and the shards that have them. */
  const rangeOf = Kebao.range = (term) => {
    const key = term.slice(1), isPrefix = term[0] === "*" || term[0] === "?" && !root.one.includes(key), shards = [];
    const first = Math.max(0, countWhile(index.dir, (start) => start <= key) - 1);
    const end = isPrefix ? countWhile(index.dir, (start) => start < `${key}\uffff`) : 0;
    do { shards.push(first + shards.length); } while (first + shards.length < end && shards.length < MOST_SHARDS);
    return { key, isPrefix, shards };
  };

  /** Calls `found(key, entry)` for the keys of a range that a shard has. */
  const readShard = Kebao.read = async (number, { key, isPrefix }, found) => {
    touched.add(number);
    const shard = await load(`s/${number}`, hashOf(number));
    for (let i = 0; i < shard.length; i += 3) {
      const first = shard[i];
      if (!key.startsWith(first)) { continue; }
      const keys = first ? signs(shard[i + 1], (second) => first + second.trim()) : shard[i + 1].split(" ");
      const entries = shard[i + 2].split(" ");
      keys.forEach((each, n) => { if (isPrefix ? each.startsWith(key) : each === key) { found(each, entries[n]); } });
    }
  };

  /** Calls `note(document, class)` for what an entry says. */
  const readEntry = Kebao.entry = (entry, note) => {
    if (entry[0] === "#") {
      for (let i = 1; i < entry.length; i++) { [4, 2, 0].forEach((shift, n) => note(i * 3 - 3 + n, digit(entry, i) >> shift & 3)); }
      return;
    }
    entry.split("!").forEach((list, i) => {
      let doc = -1;
      for (const gap of decode(list)) { note(doc += gap + 1, i + 1); }
    });
  };

  /** For every term (a list of alternatives) the class of every document, and in how many documents it is. */
  const match = Kebao.match = (terms) => every((terms.length > MOST_TERMS ?
    signs({ length: MOST_TERMS }, (_, i) => terms[Math.round(i * (terms.length - 1) / (MOST_TERMS - 1))]) : terms
  ).map(async (term) => {
    const classes = new Uint8Array(root.n + 2), note = (doc, weight) => { if (classes[doc] < weight) { classes[doc] = weight; } };
    await every(join(join([term]).map(rangeOf).map((range) =>
      range.shards.map((number) => readShard(number, range, (key, entry) => readEntry(entry, note))))));
    return { term, classes, df: classes.reduce((sum, each) => each ? sum + 1 : sum, 0) };
  }));

  /** Documents with at least that share of the terms, best first. A hit in an attachment counts for the
      resource that it belongs to; it is `via` when the resource's own page is none. */
  const rank = Kebao.rank = (matches, share) => {
    const scores = new Float32Array(root.n), counts = new Uint8Array(root.n), inTitle = new Uint8Array(root.n), hits = new Map();
    for (const { classes, df } of matches) {
      const idf = Math.log(1 + (root.n - df + .5) / (df + .5)) + .3;
      for (let doc = 0; doc < root.n; doc++) {
        if (classes[doc]) {
          scores[doc] += idf * [0, 1, 1.7, 3.5][classes[doc]];
          counts[doc]++;
          inTitle[doc] += classes[doc] === 3;
        }
      }
    }
    index.owners.forEach((owner, doc) => {
      if (!counts[doc] || counts[doc] < matches.length * share) { return; }
      const score = scores[doc] / (.6 + .4 * Math.sqrt(2 ** sizeOf(doc) / 10 + .05)) *
        (inTitle[doc] === matches.length ? 2 : 1);
      const hit = hits.get(owner);
      if (!hit) { hits.set(owner, { doc: owner, via: doc === owner ? -1 : doc, score, matches }); }
      else if (score > hit.score) { [hit.score, hit.via] = [score, hit.via < 0 ? -1 : doc]; }
    });
    return [...hits.values()].sort((a, b) => b.score - a.score || a.doc - b.doc);
  };

  /** The query with each synonym of its longest known word in its place. */
  function variants(query) {
    const known = (word) => ` ${query} `.includes(word.search(HAN_SIGN) < 0 ? ` ${word} ` : word);
    const found = join(root.synonyms.map((group) => group.filter(known).map((word) => [word, group])))
      .sort((a, b) => b[0].length - a[0].length)[0];
    return found ? found[1].filter((word) => word !== found[0]).map((word) => query.replace(found[0], () => word)) : [];
  }

  /** Loads what results are filtered by beside their kind; with `more`, everything that the catalog is filtered by. */
  async function openFilters({ more }) {
    const { facets } = index, own = await part("filters");
    if (!facets[1]) { facets.push(...own.map(([id, values, sets, column]) => ({ id, values, sets, of: signs(column, (sign) => digit(sign, 0)) }))); }
    if (more && !facets[3]) {
      await Kebao.script("search-more");
      facets.push(...await Kebao.moreFacets(index));
    }
  }

  /** The hits that pass all filters, and how many of each id pass the filters of the other facets. */
  function sift(hits, filters) {
    const counts = {};
    index.facets.forEach(({ id }) => { counts[id] = {}; });
    const kept = hits.filter(({ doc }) => {
      const ids = index.facets.map(({ of, sets }) => sets[of[doc]] || []);
      const failed = index.facets.filter(({ id }, i) => filters[id] && !ids[i].includes(filters[id]));
      index.facets.forEach((facet, i) => {
        const tally = counts[facet.id];
        if (!failed[0] || !failed[1] && failed[0] === facet) { ids[i].forEach((id) => { tally[id] = (tally[id] || 0) + 1; }); }
      });
      return !failed[0];
    });
    return { kept, counts };
  }

  /** Everything that a query finds, best first, in documents that pass the filters (`{kind: id, subject: id, …}`);
      counts only where there are filters, for all that the catalog has where `more` is one of them.
      Gives `hits` ({doc, via, group}: `via` is the attachment that it was found in or -1; `group` is "" for what was
      asked for, else "sound" or "partial"); `total` of them that are not partial; `index`, what it was found in; `counts`, {facet: {id: number}}, each
      facet under the other filters; `used`, the query that was answered, where it is not the typed one;
      `suggestions` of other queries; `cut`, where only the query's beginning was read. */
  Kebao.search = async (typed, filters) => {
    for (let fresh = false; ; fresh = true) {
      try {
        await Kebao.open(fresh);
        touched = new Set();
        return await search(typed, filters);
      } catch (error) {
        // A cache gave the root of an older site: once more, with a fresh one.
        if (fresh || error.kind !== "stale") { throw error; }
      }
    }
  };

  async function search(typed, filters, used) {
    const all = signs(used || typed), asked = all.slice(0, LONGEST).join(""), known = new Set();
    let runs = runsOf(plain(asked)), [matches] = await every([match(termsOf(runs)), filters && openFilters(filters)]), suggestions = [];
    const hits = [];
    if (matches.some(({ df, term }) => !df && term.search(HAN_SIGN) > 0)) {
      foldIn(await part("fold"));
      runs = runsOf(plain(asked));
      matches = await match(termsOf(runs));
    }
    const query = plain(asked).trim();
    const add = (list, group, own = runs) => {
      for (const hit of list.filter(({ doc }) => !known.has(doc))) {
        [hit.group, hit.runs] = [group, own];
        known.add(hit.doc);
        hits.push(hit);
      }
    };
    add(rank(matches, 1), "");
    for (const variant of variants(query)) {
      const other = runsOf(variant), terms = termsOf(other);
      if (touched.size + terms.length <= MOST_TERMS) { add(rank(await match(terms), 1), "", other); }
    }
    if (runs.length && !used && hits.length < 3) {
      await Kebao.script("search-help");
      add(await Kebao.help.byPinyin(query), "sound");
      suggestions = hits[0] ? [] : await Kebao.help.others(runs, matches);
      const result = suggestions[0] && await search(typed, filters, suggestions.shift());
      if (result && result.hits[0]) { return Object.assign(result, { suggestions }); }
    }
    if (hits.length < SHOWN && runs.length) { add(rank(matches.filter(({ df }) => df), .5), "partial"); }
    const { kept, counts } = filters ? sift(hits, filters) : { kept: hits };
    return {
      index, used, hits: kept, runs, counts, suggestions, cut: all.length > LONGEST, shards: touched.size,
      total: kept.filter(({ group }) => group !== "partial").length
    };
  }

  /* Texts: what is confirmed, and what is shown of it */

  /** What of a run stands in a normalised text: the run as a whole, else those of its terms that do. */
  const foundIn = (whole, runs) => join(runs.map(({ text, terms }) =>
    whole.includes(text) ? [text] : terms.map((term) => term.slice(1)).filter((term) => whole.includes(term))));

  /** A text in pieces, every second of which (from the second on) is what was looked for; cut to about `most` signs. */
  Kebao.pieces = (text, runs, most = Infinity) => {
    const places = [], pieces = [];
    let whole = plain(text);
    if (whole.length !== text.length) {
      whole = "";
      text.replace(CLUSTER, (cluster, offset) => {
        const read = plain(cluster);
        whole += read;
        signs({ length: read.length }, () => places.push(offset));
      });
      places.push(text.length);
    }
    const place = (i) => places.length ? places[i] : i, marked = [];
    for (const word of foundIn(whole, runs)) {
      for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + 1)) { marked.push([place(at), place(at + word.length)]); }
    }
    marked.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    const from = marked.length && marked[0][0] > 40 && text.length > most ? marked[0][0] - 30 : 0, to = Math.min(text.length, from + most);
    let last = from, open = from ? "…" : "";
    for (const [start, end] of marked) {
      if (end <= last || end > to) { continue; }
      if (start > last || !pieces.length) { pieces.push(open + text.slice(last, start), ""); }
      pieces[pieces.length - 1] += text.slice(Math.max(start, last), end);
      [last, open] = [end, ""];
    }
    pieces.push(open + text.slice(last, to) + (to < text.length ? "…" : ""));
    return pieces;
  };

  /** A hit with the rows that lists show. */
  Kebao.fill = async (hit) => {
    [hit.row, hit.file] = await every([row(hit.doc), hit.via < 0 ? null : row(hit.via)]);
    return hit;
  };

  const source = ({ doc, via }) => via < 0 ? doc : via;

  /** Reads the text of a hit, if there is room for it. */
  async function examine(hit, hasRoom) {
    const { runs } = hit, doc = source(hit);
    const block = hasRoom ? await part(`t/${countWhile(index.starts, (start) => start <= doc) - 1}`) : [];
    const paragraphs = (block.find((each) => each[0] === doc) || [0, ""])[1].split("\n"), texts = paragraphs.map(plain);
    // Of paragraphs that say the same of the query, one that is more than a heading.
    const weights = texts.map((text) => (foundIn(text, runs).join("").length || NaN) + Math.min(text.length, 60) / 100 || 0);
    const most = Math.max(...weights);
    hit.snippet = most ? Kebao.pieces(paragraphs[weights.indexOf(most)], runs, 110) : [];
    // Titles, names and keywords are in no text: there it is enough that all terms are of class 3.
    hit.confirmed = hit.group || runs.every((run) => run.parts.length < 3 || texts.some((text) => text.includes(run.text)) ||
      hit.matches.every(({ term, classes }) => !run.terms.includes(term) || classes[doc] === 3));
    return hit;
  }

  /** Looks at the texts of the next hits: gives ten with `row`, `file` and `snippet`; those that do not hold a run as a
      whole go behind others that do, found further on. What was given before keeps its place. */
  Kebao.confirm = async ({ hits, runs, shards }, from = 0) => {
    let seen = [], next = from, room = ROOM - SHARD * shards;
    do {
      seen = seen.concat(await every(hits.slice(next, next + SHOWN).map((hit) => {
        room -= Math.max(BLOCK, 60 * 2 ** sizeOf(source(hit)));
        return examine(hit, room > 0);
      })));
      next = from + seen.length;
    } while (room > 0 && next < Math.min(from + WINDOW, hits.length) && !hits[next].group && runs.some(({ parts }) => parts.length > 2) &&
      seen.filter(({ confirmed }) => confirmed).length < SHOWN);
    const place = ({ group, confirmed }) => group ? 2 : confirmed ? 0 : 1;
    hits.splice(from, seen.length, ...join([0, 1, 2].map((rest) => seen.filter((hit) => place(hit) === rest))));
    return every(hits.slice(from, from + SHOWN).map(Kebao.fill));
  };
})();
