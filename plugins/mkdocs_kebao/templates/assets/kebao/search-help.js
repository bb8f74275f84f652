/* What search tries when words fail: letters read as pinyin, characters by their sound, near spellings. */
(() => {
  "use strict";
  const { Kebao } = window;
  const unique = (list) => [...new Set(list)], join = (lists) => [].concat(...lists);
  const readings = () => Kebao.part("pinyin").catch(() => ({}));

  /** The ways to read letters as pinyin: lists of syllables, of which the last may be only begun. */
  function waysToRead(letters, known) {
    if (!letters) { return [[]]; }
    const ways = [];
    for (let length = Math.min(6, letters.length); length && ways.length < 3; length--) {
      const head = letters.slice(0, length), rest = letters.slice(length);
      if (known.has(head) || !rest && [...known].some((each) => each.startsWith(head))) {
        ways.push(...waysToRead(rest, known).map((way) => [head, ...way]));
      }
    }
    return ways.slice(0, 3);
  }

  /** Keys of syllables two by two, the last one a beginning. */
  const pairs = (list) => list.length < 2 ? [`*~${list}`] :
    list.slice(1).map((item, i) => `${i === list.length - 2 ? "*" : "="}~${list[i]}${item}`);
  /** Keys of initials three by three. */
  const threes = (word) => word.length < 4 ? [`*|${word}`] :
    Array.from(word.slice(2), (letter, i) => `${i === word.length - 3 ? "*" : "="}|${word.substr(i, 3)}`);

  /** Hits of Latin letters read as pinyin, then as initials. */
  async function byPinyin(query) {
    if (!/^[a-z' ]+$/.test(query)) { return []; }
    const words = query.split(/[ ']+/).filter((word) => word[1]);
    const known = new Set(join(Object.values(await readings()).map((each) => each.split(" "))));
    const ways = words.map((word) => waysToRead(word.slice(0, 36), known));
    const tries = [0, 1, 2].map((n) => ways.every((list) => list[0]) ? join(ways.map((list) => pairs(list[n] || list[0]))) : []);
    const found = [];
    for (const terms of unique([...tries, join(words.map(threes))].map((each) => each.join(" ")))) {
      if (terms) { found.push(...Kebao.rank(await Kebao.match(terms.split(" ")), 1)); }
    }
    return found;
  }

  /** The query as it stands in a title that sounds the same. */
  async function bySound(runs, missing) {
    const read = await readings(), soundsOf = (sign) => (read[sign] || "").split(" ").filter(Boolean);
    const long = runs.filter(({ han, parts }) => han && parts[1]);
    const wrong = long.filter(({ terms }) => terms.some((term) => missing.includes(term)));
    for (const run of wrong[0] ? wrong : long) {
      const { parts } = run;
      // A character that is in no title has no reading here: it stands for any.
      const terms = parts.slice(1).map((sign, i) => join(soundsOf(parts[i]).map((a) => soundsOf(sign).map((b) => `=~${a}${b}`))))
        .filter((term) => term[0]);
      if (!terms[0]) { continue; }
      for (const { doc } of Kebao.rank(await Kebao.match(terms), 1).slice(0, 10)) {
        const title = Array.from(Kebao.plain((await Kebao.row(doc))[0]));
        for (let at = 0; at + parts.length <= title.length; at++) {
          const said = title.slice(at, at + parts.length);
          if (said.every((sign, i) => !soundsOf(parts[i])[0] || soundsOf(sign).some((sound) => soundsOf(parts[i]).includes(sound)))) {
            return [runs.map((each) => each === run ? said.join("") : each.text).join(" ")];
          }
        }
      }
    }
    return [];
  }

  /** How many letters differ; two neighbours that changed places count once. */
  function distance(a, b) {
    let before, last = Array.from(` ${b}`, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const now = [i];
      for (let j = 1; j <= b.length; j++) {
        now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) { now[j] = Math.min(now[j], before[j - 2] + 1); }
      }
      [before, last] = [last, now];
    }
    return last[b.length];
  }

  /** The query with an unknown word replaced by the nearest known ones that begin like it, nearest first. */
  async function bySpelling(runs, missing) {
    const run = runs.find(({ han, text, terms }) => !han && text.length > 3 && missing.includes(terms[0]));
    if (!run) { return []; }
    const { text } = run, most = text.length > 7 ? 2 : 1, near = [], range = Kebao.range(`*${text[0]}`);
    for (const number of unique([...Kebao.range(`=${text}`).shards, ...range.shards])) {
      await Kebao.read(number, range, (key, entry) => {
        const apart = Math.abs(key.length - text.length) > most ? 9 : distance(text, key);
        if (apart <= most) { near.push([apart, -entry.length, key]); }
      });
    }
    near.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
    return unique(near.map(([, , key]) => runs.map((each) => each === run ? key : each.text).join(" "))).slice(0, 3);
  }

  Kebao.help = {
    byPinyin,
    /** Queries that find something, instead of one that does not; `matches` are of its terms. */
    others: async (runs, matches) => {
      const missing = matches.filter(({ df }) => !df).map(({ term }) => term);
      const heard = await bySound(runs, missing);
      return heard[0] ? heard : bySpelling(runs, missing);
    }
  };
})();
