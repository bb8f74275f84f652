// The search scripts over files, without a browser. Reads {scripts, shard, vectors, queries, fresh} from standard input,
// writes {vectors, answers} to standard output. `fresh`: every query is the first one on its page.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const zlib = require("zlib");

const asked = JSON.parse(fs.readFileSync(0, "utf8"));
let readBytes = 0, packedBytes = 0, context, Kebao;

/** Runs a script file as an element in a page would, later. */
function append(script) {
  setImmediate(() => {
    const file = script.src.replace(/\?.*$/, "");
    if (!fs.existsSync(file)) { script.onerror({ type: "error" }); return; }
    const text = fs.readFileSync(file, "utf8");
    // The root is loaded when the box gets the focus.
    if (file.startsWith(asked.shard + "/") && !file.endsWith("/root.js")) {
      readBytes += Buffer.byteLength(text);
      if (asked.fresh) { packedBytes += zlib.gzipSync(text, { level: 6 }).length; }
    }
    vm.runInContext(text, context, file);
    script.onload({ type: "load" });
  });
}

function openPage() {
  context = vm.createContext({
    location: { protocol: "file:" },
    navigator: { onLine: true },
    document: {
      currentScript: { src: path.join(asked.scripts, "start.js") },
      documentElement: { lang: "zh" },
      getElementById: () => ({ textContent: JSON.stringify({ base: asked.shard || "." }) }),
      createElement: () => ({ remove() {} }),
      querySelectorAll: () => [],
      querySelector: () => null,
      addEventListener() {},
      head: { appendChild: append },
    },
  });
  context.window = Object.assign(context, { addEventListener() {} });
  for (const name of ["start.js", "search.js"]) {
    vm.runInContext(fs.readFileSync(path.join(asked.scripts, name), "utf8"), context, name);
  }
  ({ Kebao } = context);
}
openPage();

/** Index tokens, from the runs that queries are made of. */
function tokens(text) {
  return [].concat(...Kebao.runs(Kebao.plain(text)).map(({ text: run, han, parts }) => {
    if (!han && !run.includes("\u0f0b")) { return parts; }
    const pairs = parts.slice(1).map((part, i) => parts[i] + (han ? "" : "\u0f0b") + part);
    if (han) { return [...pairs, parts[parts.length - 1]]; }
    return [].concat(...parts.map((part, i) => i < pairs.length ? [part, pairs[i]] : [part]));
  }));
}

/** `[document, class]` of every document of an entry, in order. */
function documents(entry) {
  const found = new Map();
  Kebao.entry(entry, (document, weight) => { if (weight) { found.set(document, weight); } });
  return [...found].sort((a, b) => a[0] - b[0]);
}

function readVectors(vectors) {
  return {
    tokens: vectors.tokens.map(({ text }) => tokens(text)),
    queries: vectors.queries.map(({ query }) => [...new Set([].concat(...Kebao.runs(Kebao.normal(query)).map(({ terms }) => terms)))]),
    numbers: vectors.numbers.map(({ digits }) => Kebao.decode(digits)),
    entries: vectors.entries.map(({ entry }) => documents(entry)),
    folded: vectors.folded.map(({ text, fold }) => {
      Kebao.foldIn(fold);
      return tokens(text);
    }),
  };
}

async function answer(query) {
  if (asked.fresh) { openPage(); }
  await Kebao.open();
  readBytes = packedBytes = 0;
  const result = await Kebao.search(query);
  const hits = await Kebao.confirm(result);
  return {
    used: result.used || null,
    total: result.total,
    suggestions: result.suggestions,
    bytes: readBytes,
    packed: packedBytes,
    hits: hits.map(({ row, file, group, confirmed, snippet }) =>
      ({ title: row[0], uri: row[1], file: file && file[0], group, confirmed: Boolean(confirmed), snippet })),
  };
}

(async () => {
  const answers = [];
  for (const query of asked.queries || []) { answers.push(await answer(query)); }
  process.stdout.write(JSON.stringify({ vectors: asked.vectors && readVectors(asked.vectors), answers }));
})();
