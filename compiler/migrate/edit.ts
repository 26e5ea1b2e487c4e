/** Changes to a text, each at its place in the text as it was. */

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all changes made. They must not overlap; those at one place come in the order given, insertions first. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const inOrder = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let made = "";
  let at = 0;
  for (const edit of inOrder) {
    if (edit.start < at) throw new Error(`two changes overlap at offset ${edit.start}`);
    made += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return made + text.slice(at);
}
