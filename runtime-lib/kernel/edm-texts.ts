/** Durations, times of day and octets: the texts that OData writes, and the one value of each (OData 4.01 ABNF, part 7). */
/** Decimals of a second that a duration keeps: with its whole seconds they fit in a double exactly. */
export const durationScale = 6;

/** Whole seconds that a duration stays below, some 31 years. */
export const durationSecondsMax = 1_000_000_000;

const durationPattern =
  /^([+-]?)P(?=.*\d)(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:\.\d{1,12})?)S)?)?$/i;

/** The seconds of a duration such as `PT1H30M`; undefined where the text is none. */
export function durationSeconds(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (match === null) return undefined;
  const [, sign = "", days = "0", hours = "0", minutes = "0", rest = "0"] = match;
  const [whole = "0", fraction = ""] = rest.split(".");
  const seconds = Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(whole);
  const value = Number(`${seconds}.${fraction.replace(/0+$/, "") || "0"}`);
  return sign === "-" ? 0 - value : value;
}

/** The duration of so many seconds, in days, hours, minutes and seconds. */
export function durationText(seconds: number): string {
  const micros = Math.abs(Math.round(seconds * 10 ** durationScale));
  const whole = Math.floor(micros / 1e6);
  const fraction = String(micros % 1e6)
    .padStart(durationScale, "0")
    .replace(/0+$/, "");
  const parts = [
    [Math.floor(whole / 3_600) % 24, "H"],
    [Math.floor(whole / 60) % 60, "M"],
    [fraction === "" ? whole % 60 : `${whole % 60}.${fraction}`, "S"],
  ];
  const days = Math.floor(whole / 86_400);
  const time = parts.map(([amount, unit]) => (amount === 0 ? "" : `${amount}${unit}`)).join("");
  if (days === 0 && time === "") return "PT0S";
  return `${seconds < 0 ? "-" : ""}P${days === 0 ? "" : `${days}D`}${time === "" ? "" : `T${time}`}`;
}

const timePattern = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,12}))?)?$/;

/** A time of day with its seconds and without trailing zeros; undefined where the text is none. */
export function canonicalTimeOfDay(text: string): string | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second = "00", fraction = ""] = match;
  const digits = fraction.replace(/0+$/, "");
  return `${hour}:${minute}:${second}${digits === "" ? "" : `.${digits}`}`;
}

/** Octets in base64url without padding, the one spelling of each; undefined where the text spells none. */
export function canonicalBinary(text: string): string | undefined {
  const bare = text
    .replace(/={1,2}$/, "")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  if (!/^[\w-]*$/.test(bare) || bare.length % 4 === 1) return undefined;
  const spare = bare.length % 4;
  const last = base64url.indexOf(bare.at(-1) ?? "A");
  const isWhole = spare === 0 || last % (spare === 2 ? 16 : 4) === 0;
  return isWhole ? bare : undefined;
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** How many octets the canonical text stands for. */
export function octetsIn(binary: string): number {
  return Math.floor((binary.length * 3) / 4);
}
