/* Writes ZIP archives of stored members (APPNOTE 6.3.10), piece by piece, so that nothing needs to be in memory as
   a whole. Knows nothing of pages: `Kebao.zip`. Node's tests read it as well. */
(() => {
  "use strict";
  const Kebao = self.Kebao = self.Kebao || {};
  const LIMIT_32 = 0xffffffff, LIMIT_16 = 0xffff;
  const UTF8_NAMES = 0x0800;
  // The first date that a ZIP can hold: the same list gives the same bytes.
  const DATE = 0x21;
  const ZIP64 = 45, PLAIN = 20;

  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) { rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1; }
    table[byte] = rest;
  }

  /** CRC-32 of `bytes`; give the sum so far to go on with the next piece. */
  function crc32(bytes, sum = 0) {
    let crc = ~sum;
    for (let i = 0; i < bytes.length; i++) { crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8); }
    return ~crc >>> 0;
  }

  /** Little-endian fields: `[bytes, value]` each; values may be up to 2^53. */
  function fields(...list) {
    const view = new DataView(new ArrayBuffer(list.reduce((sum, [length]) => sum + length, 0)));
    let at = 0;
    for (const [length, value] of list) {
      if (length === 2) { view.setUint16(at, value, true); }
      else if (length === 4) { view.setUint32(at, value, true); }
      else {
        view.setUint32(at, value % 0x100000000, true);
        view.setUint32(at + 4, Math.floor(value / 0x100000000), true);
      }
      at += length;
    }
    return new Uint8Array(view.buffer);
  }

  function joined(...pieces) {
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** What follows names in both headers when a number needs 64 bits (4.5.3): only those that do, in this order. */
  function zip64Extra(...large) {
    return large.length ? joined(fields([2, 1], [2, 8 * large.length]), fields(...large.map((value) => [8, value])))
      : new Uint8Array(0);
  }

  /** What stands before a member's bytes: `{name, size, crc}`. */
  function localHeader(member) {
    const name = new TextEncoder().encode(member.name);
    const isLarge = member.size >= LIMIT_32;
    const extra = isLarge ? zip64Extra(member.size, member.size) : zip64Extra();
    const size = isLarge ? LIMIT_32 : member.size;
    return joined(fields(
      [4, 0x04034b50], [2, isLarge ? ZIP64 : PLAIN], [2, UTF8_NAMES], [2, 0], [2, 0], [2, DATE],
      [4, member.crc], [4, size], [4, size], [2, name.length], [2, extra.length]
    ), name, extra);
  }

  /** A member's line in the directory at the end; `offset` is where its header stands. */
  function directoryEntry(member) {
    const name = new TextEncoder().encode(member.name);
    const isLarge = member.size >= LIMIT_32, isFar = member.offset >= LIMIT_32;
    const extra = zip64Extra(...(isLarge ? [member.size, member.size] : []), ...(isFar ? [member.offset] : []));
    const size = isLarge ? LIMIT_32 : member.size;
    return joined(fields(
      [4, 0x02014b50], [2, ZIP64], [2, extra.length ? ZIP64 : PLAIN], [2, UTF8_NAMES], [2, 0], [2, 0], [2, DATE],
      [4, member.crc], [4, size], [4, size], [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0],
      [4, isFar ? LIMIT_32 : member.offset]
    ), name, extra);
  }

  /** All that follows the last member: the directory and its end; `offset` is where it begins. */
  function directory(members, offset) {
    const entries = joined(...members.map(directoryEntry));
    const count = members.length;
    const needs64 = count >= LIMIT_16 || offset >= LIMIT_32 || entries.length >= LIMIT_32;
    const end64 = needs64 ? joined(fields(
      [4, 0x06064b50], [8, 44], [2, ZIP64], [2, ZIP64], [4, 0], [4, 0], [8, count], [8, count],
      [8, entries.length], [8, offset]
    ), fields([4, 0x07064b50], [4, 0], [8, offset + entries.length], [4, 1])) : new Uint8Array(0);
    return joined(entries, end64, fields(
      [4, 0x06054b50], [2, 0], [2, 0], [2, Math.min(count, LIMIT_16)], [2, Math.min(count, LIMIT_16)],
      [4, Math.min(entries.length, LIMIT_32)], [4, Math.min(offset, LIMIT_32)], [2, 0]
    ));
  }

  /** The archive of members whose bytes are here: `{name, bytes}`. */
  function archive(files) {
    const pieces = [], members = [];
    let offset = 0;
    for (const { name, bytes } of files) {
      const member = { name, size: bytes.length, crc: crc32(bytes), offset };
      const header = localHeader(member);
      pieces.push(header, bytes);
      members.push(member);
      offset += header.length + bytes.length;
    }
    return joined(...pieces, directory(members, offset));
  }

  /** The names with what Windows refuses replaced, and a number behind those that stand there already. */
  function distinctNames(names) {
    const taken = new Set();
    return names.map((wanted) => {
      const name = wanted.replace(/[\u0000-\u001f<>:"/\\|?*\u007f]/g, "_").replace(/[. ]+$/, "") || "_";
      const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
      let free = name;
      for (let number = 2; taken.has(free.toLowerCase()); number++) {
        free = `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
      }
      taken.add(free.toLowerCase());
      return free;
    });
  }

  Kebao.zip = { crc32, localHeader, directory, archive, distinctNames };
})();
