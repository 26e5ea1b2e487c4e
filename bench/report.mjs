/** Rows to a table for people, and the order statistics that every benchmark reports. */

/** A table of plain rows; the columns are the keys of the first row, numbers are right-aligned. */
export function printTable(rows) {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => formatCell(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index].length)));
  const isNumeric = columns.map((column) => rows.some((row) => typeof row[column] === "number"));
  const line = (texts) =>
    texts
      .map((text, index) => (isNumeric[index] ? text.padStart(widths[index]) : text.padEnd(widths[index])))
      .join("  ");
  return [line(cells[0]), widths.map((width) => "-".repeat(width)).join("  "), ...cells.slice(1).map(line)].join("\n");
}

function formatCell(value) {
  if (typeof value !== "number") return String(value ?? "");
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(2);
}

/** The value below which the share `q` (0 to 1) of the samples lies, by the nearest-rank method. */
export function quantile(samples, q) {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export function median(samples) {
  return quantile(samples, 0.5);
}
