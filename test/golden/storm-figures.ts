/** Leaves out of a verdict what a storm met: it depends on every call that the runtime makes, and is no part of what a spec means. */

/** The text of verdicts, or of a transcript with some: seeds, steps and outcomes stay. */
export function withoutStormFigures(text: string): string {
  return text
    .replace(/(L2 Simulation +PASSED +\d+ seeds? × \d+ steps), .*/g, "$1, <what the storm met>")
    .replace(/(note: never came up: ).*/g, "$1<faults>")
    .replace(/("seeds":\d+,"steps":\d+),"requests":.*?,"faults":\{.*?\}/g, '$1,"<what the storm met>":{}')
    .replace(/("never came up: ).*?"/g, '$1<faults>"');
}
