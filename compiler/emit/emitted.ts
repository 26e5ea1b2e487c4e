/** What emission gives: files by path. */

export interface EmittedFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Emitted {
  readonly files: readonly EmittedFile[];
}
