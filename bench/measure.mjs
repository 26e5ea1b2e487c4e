/** What every benchmark needs: median and spread of several rounds, the machine's facts, and a table for people. */
import { cpus, release, totalmem, type } from "node:os";

/** The middle value and how far the rounds are apart: (largest − smallest) / median, in percent. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, spreadPercent: (100 * (sorted[sorted.length - 1] - sorted[0])) / median, rounds: values };
}

/** The value that a share of all values (0 to 1) does not exceed. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu.model.trim(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.versions.node,
    at: new Date().toISOString(),
  };
}

/** Columns aligned, numbers to the right; `-` where there is none. */
export function table(columns, rows) {
  const lines = [columns, ...rows.map((row) => row.map(shown))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  const isNumber = columns.map((_, index) => rows.every((row) => typeof row[index] === "number" || row[index] === "-"));
  const printed = lines.map((line) =>
    line.map((cell, index) => (isNumber[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))).join("  "),
  );
  return `${[printed[0], widths.map((width) => "-".repeat(width)).join("  "), ...printed.slice(1)].join("\n")}\n`;
}

function shown(cell) {
  if (typeof cell === "string") return cell;
  const digits = Number.isInteger(cell) || Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2;
  return cell.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
