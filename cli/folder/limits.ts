/** How much of a spec folder is read, so that a wrong folder or a hostile one ends with a sentence and not with the memory. */

export interface FolderLimits {
  /** Spec files in a folder. */
  readonly filesMax: number;
  /** Bytes of one spec file; the compiler's own limit is lower and says where. */
  readonly fileBytesMax: number;
  /** Bytes of all spec files together. */
  readonly folderBytesMax: number;
  /** Files and folders looked at, of any kind. */
  readonly entriesMax: number;
  /** Folders inside each other. */
  readonly depthMax: number;
}

export const defaultFolderLimits: FolderLimits = {
  filesMax: 4_000,
  fileBytesMax: 16 * 1024 * 1024,
  folderBytesMax: 64 * 1024 * 1024,
  entriesMax: 50_000,
  depthMax: 16,
};
