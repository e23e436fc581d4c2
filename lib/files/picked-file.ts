/** A folder that was picked or dropped. */
export interface PickedFolder {
  readonly handle: FileSystemDirectoryHandle;
  readonly name: string;
}

/** A file that was picked, with the way back to it. */
export interface PickedFile {
  /** Path inside the picked folder with "/", or the bare name. */
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  /** The folder that it was picked with; null for a file that came alone or without handles. */
  readonly folder: PickedFolder | null;
  /** The folder that it lies in, for writing beside it. */
  readonly parent: FileSystemDirectoryHandle | null;
  readonly handle: FileSystemFileHandle | null;
  /**
   * Its path on disk, where a directory handle hides it and `path` is the nearest allowed one: it
   * can be read, and neither be replaced nor be found again after a reload.
   */
  readonly hiddenPath?: string;
  /** The file as it is on disk now: a held `File` goes stale once its file is replaced. */
  open(): Promise<File>;
}

export const fileFromHandle = async (
  handle: FileSystemFileHandle,
  path: string,
  folder: PickedFolder | null,
  parent: FileSystemDirectoryHandle | null,
): Promise<PickedFile> => {
  const { size, lastModified } = await handle.getFile();
  return {
    ...{ path, name: handle.name, size, lastModified, folder, parent, handle },
    open: () => handle.getFile(),
  };
};

export const fileFromFile = (file: File, path: string): PickedFile => ({
  ...{ path, name: file.name, size: file.size, lastModified: file.lastModified },
  ...{ folder: null, parent: null, handle: null },
  open: () => Promise.resolve(file),
});
