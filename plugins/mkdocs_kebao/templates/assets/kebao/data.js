/* What the scripts of Kebao stand on: data files, words, elements.
   Classic scripts and data that calls `Kebao.put`: neither `fetch` nor modules work on file://. */
(() => {
  "use strict";
  const Kebao = window.Kebao = window.Kebao || {};
  const config = document.getElementById("__config");
  const language = document.documentElement.lang || "en";
  const requested = {}, arrived = {}, words = {};

  const settings = config ? JSON.parse(config.textContent) : { base: "." };
  /** The shard's root seen from this page, without a slash at its end. */
  Kebao.base = settings.base;
  /** `<package>/<locale>/<edition>`: not always in the address, a shard can be a site of its own. */
  Kebao.shard = settings.shard;
  /** This page, seen from the shard's root. */
  Kebao.page = settings.page;

  /** What every data file calls, with the first 8 hex digits of the SHA-256 of its payload. */
  Kebao.put = (name, hash, payload) => {
    if (name === "texts") { Object.assign(words, payload); }
    arrived[name] = { hash, payload };
  };

  // What a cache or a pulled-out stick broke may work at the next try.
  const once = (key, start) => requested[key] || (requested[key] = start().catch((error) => {
    delete requested[key];
    throw error;
  }));

  /** The payload of `search/<name>.js`, loaded once. `hash` is what the file's must begin with; `version` only
      keeps a cache from giving an older one; `base` is the root of another shard. Rejects with an Error
      whose `kind` is "missing" or "stale". */
  Kebao.load = (name, hash, version, base = Kebao.base) => {
    const path = `${base}/search/${name}.js`;
    return once(path, () => request(path, name, hash, hash || version));
  };

  /** The payload of a data file that is none of this shard's, by its address. */
  Kebao.loadFile = (path, name) => once(path, () => request(path, name));

  /** Asks for a file anew at the next `load`. */
  Kebao.forget = (name) => { delete requested[`${Kebao.base}/search/${name}.js`]; };

  const folder = document.currentScript ? document.currentScript.src.replace(/[^/]*$/, "") : "";
  /** Runs a script of Kebao that is not needed on every page, once. */
  Kebao.script = (name) => once(name, () => run(`${folder}${name}.js`));

  const problem = Kebao.problem = (kind, address) => Object.assign(new Error(`${address} is ${kind}`), { kind });
  const run = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.charset = "utf-8";
    script.onload = script.onerror = ({ type }) => {
      script.remove();
      if (type === "load") { resolve(); } else { reject(problem("missing", address)); }
    };
    script.src = address;
    document.head.appendChild(script);
  });

  async function request(path, name, hash, query, again) {
    await run(query ? `${path}?${query}` : path);
    const file = arrived[name];
    delete arrived[name];
    if (!file) { throw problem("missing", path); }
    if (!hash || file.hash.startsWith(hash)) { return file.payload; }
    if (again) { throw problem("stale", path); }
    return request(path, name, hash, `${hash}&again`, true);
  }

  /** Numbers from printable digits (docs/search-format.md): below 60 a digit ends its number. */
  const values = new Uint8Array(127);
  for (let code = 0x26, value = 0; code < 127; code++) { values[code] = "'<\\`".includes(String.fromCharCode(code)) ? 0 : value++; }
  Kebao.digit = (text, index) => values[text.charCodeAt(index)];
  Kebao.decode = (text) => {
    const numbers = [];
    for (let i = 0, number = 0, scale = 1; i < text.length; i++) {
      const digit = Kebao.digit(text, i);
      number += digit * scale;
      scale *= 25;
      if (digit < 60) {
        numbers.push(number);
        [number, scale] = [0, 1];
      }
    }
    return numbers;
  };

  /** The interface text `script.<key>` with its `{named}` parameters; `n` chooses the plural form. */
  Kebao.t = (key, params = {}) => {
    let text = words[key];
    if (typeof params.n === "number") {
      text = words[`${key}.${new Intl.PluralRules(language).select(params.n)}`] || words[`${key}.other`] || text;
    }
    return (text || key).replace(/\{(\w+)\}/g, (hole, name) => name in params ? Kebao.number(params[name]) : hole);
  };
  Kebao.number = (value) => typeof value === "number" ? value.toLocaleString("en") : String(value);

  const fill = (parent, children) => {
    parent.append(...[].concat(...children).filter((child) => child != null && child !== false));
    return parent;
  };
  /** An element; functions become listeners, null and false leave an attribute or a child out, lists
      of children are taken apart, texts stay texts. */
  Kebao.element = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") { element.addEventListener(name.slice(2), value); }
      else if (value != null && value !== false) { element.setAttribute(name, value === true ? "" : value); }
    }
    return fill(element, children);
  };
  /** Puts these children in the place of those that an element has. */
  Kebao.replace = (parent, ...children) => {
    parent.textContent = "";
    return fill(parent, children);
  };
})();
