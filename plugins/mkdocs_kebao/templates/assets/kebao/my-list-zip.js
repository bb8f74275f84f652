/* Saves many files of the site as one ZIP while they arrive; over http only: the one place that uses `fetch`
   (DESIGN §1.4). Needs zip.js. */
(() => {
  "use strict";
  const Kebao = window.Kebao;
  const { crc32, localHeader, directory } = Kebao.zip;
  const TRIES = 3, PAUSE_MS = 400;
  const PIECE_BYTES = 1 << 22;

  const problem = (kind, file) => Object.assign(new Error(`${kind}: ${file ? file.name : ""}`), { kind, file });

  // Where the bytes go. A header holds its member's checksum, so it is written once the member is there.

  /** Straight to the disk. */
  class DiskTarget {
    constructor(stream) {
      this.stream = stream;
      this.at = 0;
    }
    begin(headerLength) { this.member = this.at; this.header = headerLength; this.restart(); }
    restart() { this.at = this.member + this.header; }
    async write(bytes) {
      await this.stream.write({ type: "write", position: this.at, data: bytes });
      this.at += bytes.length;
    }
    async end(header) { await this.stream.write({ type: "write", position: this.member, data: header }); }
    async close() { await this.stream.close(); }
    async abort() { await this.stream.abort(); }
  }

  /** Into blobs, which browsers keep on the disk when they are large; at last handed over as a download. */
  class BlobTarget {
    constructor(name) {
      this.name = name;
      this.pieces = [];
      this.open = [];
      this.openBytes = 0;
      this.at = 0;
    }
    begin(headerLength) {
      this.flush();
      this.member = this.at;
      this.header = headerLength;
      this.place = this.pieces.push(null) - 1;
      this.restart();
    }
    restart() {
      this.pieces.length = this.place + 1;
      this.open = [];
      this.openBytes = 0;
      this.at = this.member + this.header;
    }
    async write(bytes) {
      this.open.push(bytes);
      this.openBytes += bytes.length;
      this.at += bytes.length;
      if (this.openBytes >= PIECE_BYTES) { this.flush(); }
    }
    flush() {
      if (this.open.length) { this.pieces.push(new Blob(this.open)); }
      this.open = [];
      this.openBytes = 0;
    }
    async end(header) { this.pieces[this.place] = header; }
    async close() {
      this.flush();
      Kebao.list.saveAs(new Blob(this.pieces, { type: "application/zip" }), this.name);
    }
    async abort() { this.pieces = []; }
  }

  /** A place to save to: one that the reader chooses, where the browser can write while it loads. Null when the
      reader changed their mind. Call it right at a click: browsers ask only then. */
  async function target(name) {
    if (!window.showSaveFilePicker) { return new BlobTarget(name); }
    try {
      const types = [{ accept: { "application/zip": [".zip"] } }];
      const handle = await window.showSaveFilePicker({ suggestedName: name, types });
      return new DiskTarget(await handle.createWritable());
    } catch (error) {
      if (error.name === "AbortError") { return null; }
      return new BlobTarget(name);
    }
  }

  async function* piecesOf(response) {
    if (response.body && response.body.getReader) {
      const reader = response.body.getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) { yield read.value; }
      return;
    }
    const blob = await response.blob();
    for (let start = 0; start < blob.size; start += PIECE_BYTES) {
      yield new Uint8Array(await new Response(blob.slice(start, start + PIECE_BYTES)).arrayBuffer());
    }
  }

  /** Loads one file into the target; gives its CRC-32. */
  async function copy(file, to, { signal, onBytes, cache }) {
    const response = await fetch(file.url, { signal, cache });
    if (!response.ok) { throw problem(response.status === 404 || response.status === 410 ? "gone" : "server", file); }
    let size = 0, crc = 0;
    for await (const bytes of piecesOf(response)) {
      size += bytes.length;
      // A server that answers with a page of its own instead of the file must not fill the disk.
      if (size > file.size) { throw problem("damaged", file); }
      crc = crc32(bytes, crc);
      try { await to.write(bytes); }
      catch (error) { throw problem(error.name === "QuotaExceededError" ? "full" : "disk", file); }
      onBytes(bytes.length);
    }
    if (size !== file.size || (file.crc && crc !== file.crc)) { throw problem("damaged", file); }
    return crc;
  }

  const kindOf = (error) => error.kind || (navigator.onLine === false ? "offline" : "network");
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** Loads a file, again where that may help; then asks. */
  async function copyPatiently(file, to, control) {
    for (let tried = 1; ; tried++) {
      let loaded = 0;
      const onBytes = (count) => { loaded += count; control.onBytes(count); };
      // What came damaged may lie in the browser's cache.
      const cache = tried > 1 ? "reload" : "default";
      try { return await copy(file, to, { signal: control.signal, onBytes, cache }); }
      catch (error) {
        if (control.signal.aborted) { throw problem("cancelled"); }
        const failure = problem(kindOf(error), file);
        control.onBytes(-loaded);
        to.restart();
        if (["full", "disk"].includes(failure.kind)) { throw failure; }
        if (tried % TRIES && failure.kind !== "gone") { await pause(PAUSE_MS * tried); }
        else if (!await control.ask(failure)) { throw problem("cancelled"); }
      }
    }
  }

  async function put(to, member, fill) {
    to.begin(localHeader({ ...member, crc: 0 }).length);
    const whole = { ...member, offset: to.member, crc: await fill() };
    await to.end(localHeader(whole));
    return whole;
  }

  /** Writes `files` (`{name, url, size, crc}`, crc 0 when not known) and then `made` ones (`{name, bytes}`).
      `control`: `signal`, `onFile(file, number)`, `onBytes(count)`, `ask(failure) → Promise<go on?>`. */
  async function write(to, files, made, control) {
    try {
      const members = [];
      for (const [number, file] of files.entries()) {
        control.onFile(file, number);
        members.push(await put(to, { name: file.name, size: file.size }, () => copyPatiently(file, to, control)));
      }
      for (const { name, bytes } of made) {
        members.push(await put(to, { name, size: bytes.length }, async () => {
          await to.write(bytes);
          return crc32(bytes);
        }));
      }
      const end = directory(members, to.at);
      await to.write(end);
      await to.close();
    } catch (error) {
      await to.abort().catch(() => {});
      throw error.kind ? error : problem(error.name === "QuotaExceededError" ? "full" : "disk");
    }
  }

  Kebao.list.zip = { target, write };
})();
