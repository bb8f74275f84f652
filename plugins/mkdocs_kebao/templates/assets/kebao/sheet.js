/* Tables as files: CSV and XLSX (ECMA-376, the least that spreadsheets open). Needs zip.js; knows nothing of pages. */
(() => {
  "use strict";
  const Kebao = self.Kebao = self.Kebao || {};
  const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
  const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  // Places in the list of cell formats in styles.xml.
  const BOLD = 1, WRAPPED = 2;

  /** CSV as Excel and WPS read it right: UTF-8 with BOM, CRLF (RFC 4180). Rows of texts and numbers. */
  function csv(rows) {
    const lines = rows.map((row) => `${row.map(csvCell).join(",")}\r\n`);
    return new TextEncoder().encode(`\ufeff${lines.join("")}`);
  }

  function csvCell(value) {
    if (typeof value === "number") { return String(value); }
    // Spreadsheets show it and never compute it (OWASP, CSV injection).
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  function xml(text) {
    // Characters that XML 1.0 cannot hold, halves of surrogate pairs among them, would make the file unreadable.
    return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, "$1\ufffd")
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  }

  function columnName(index) {
    return (index >= 26 ? columnName(Math.floor(index / 26) - 1) : "") + String.fromCharCode(65 + index % 26);
  }

  function cell(value, column, row, style) {
    const place = `r="${columnName(column)}${row}" s="${style}"`;
    if (value === "") { return ""; }
    if (typeof value === "number") { return `<c ${place}><v>${value}</v></c>`; }
    return `<c ${place} t="inlineStr"><is><t xml:space="preserve">${xml(value)}</t></is></c>`;
  }

  function sheetRow(values, row, style) {
    return `<row r="${row}">${values.map((value, column) => cell(value, column, row, style)).join("")}</row>`;
  }

  /** Sheets have names of at most 31 characters, without these signs. */
  function sheetName(name) {
    return name.replace(/[[\]:*?/\\']/g, " ").trim().slice(0, 31) || "1";
  }

  function sheetXml({ rows, widths, rightToLeft, footRows = 0 }) {
    const last = rows.length - footRows;
    const columns = widths.map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`);
    const body = rows.map((values, i) => sheetRow(values, i + 1, i === 0 || i >= last ? BOLD : WRAPPED));
    return `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"${
      rightToLeft ? ' rightToLeft="1"' : ""}><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>`
      + `</sheetView></sheetViews><cols>${columns.join("")}</cols><sheetData>${body.join("")}</sheetData></worksheet>`;
  }

  function stylesXml() {
    const alignment = '<alignment vertical="top" wrapText="1"/>';
    const format = (font, inside) =>
      `<xf numFmtId="0" fontId="${font}" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">${inside}</xf>`;
    return `${HEAD}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>`
      + '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
      + '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
      + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
      + `<cellXfs count="3">${format(0, "")}${format(1, alignment)}${format(0, alignment)}</cellXfs>`
      + '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
  }

  /** A workbook with one sheet, the first row frozen as its head.
      `rows` of texts and numbers, `widths` in characters, `footRows` at the end in bold. */
  function xlsx(sheet) {
    const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    const parts = {
      "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types">`
        + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + `<Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>`
        + `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/>`
        + `<Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/></Types>`,
      "_rels/.rels": `<Relationships xmlns="${PACKAGE}/relationships">`
        + `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>`
        + `<sheet name="${xml(sheetName(sheet.name))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships">`
        + `<Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>`
        + `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`
    };
    const files = Object.entries(parts).map(([name, text]) => [name, HEAD + text]);
    files.push(["xl/styles.xml", stylesXml()], ["xl/worksheets/sheet1.xml", sheetXml(sheet)]);
    return Kebao.zip.archive(files.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) })));
  }

  Kebao.sheet = { csv, xlsx };
})();
