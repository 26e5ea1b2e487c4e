/** Durations as CSDL writes them, in the seconds that the runtime counts them in. */

const pattern =
  /^([+-]?)P(?=.*\d)(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?$/;

/** What a duration stays below, as the runtime has it. */
const secondsMax = 1_000_000_000;

/** The seconds of a duration such as `PT1H30M`; undefined where the text is none, or one that the runtime cannot hold. */
export function durationSeconds(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign = "", days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  const [whole = "0", fraction = "0"] = seconds.split(".");
  const all = Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(whole);
  if (all >= secondsMax) return undefined;
  return (sign === "-" ? -1 : 1) * Number(`${all}.${fraction}`) + 0;
}
