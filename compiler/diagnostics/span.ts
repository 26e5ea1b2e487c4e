/** Where something stands in the user's text: the one coordinate that every diagnostic and every IR node carries. */

/** A half-open range of UTF-16 offsets in one source file. Line and column are computed when printed. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
