/** Colours for the terminal, or none. */

export type Style = "held" | "violated" | "unknown" | "faint" | "strong";

export type Paint = (style: Style, text: string) => string;

const codes = { held: 32, violated: 31, unknown: 33, faint: 2, strong: 1 } as const;

export function paintIn(color: boolean): Paint {
  return color ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : (_style, text) => text;
}
