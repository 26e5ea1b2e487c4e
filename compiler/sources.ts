/** The files of a spec folder, as the command line read them; no stage below ever touches the file system. */

/** One text file. `path` is relative to the spec folder, with `/`. `bytes` is given so that a wrong encoding can be reported. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Sources {
  /** The name of the folder, used for the program's name. */
  readonly name: string;
  readonly files: readonly SourceFile[];
}
