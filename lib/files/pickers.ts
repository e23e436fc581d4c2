import { ACCEPTED_EXTENSIONS } from "./kinds";

/** What the person picked: handles where the browser has them, plain files where it does not. */
export type Picked =
  | { readonly kind: "folder"; readonly handle: FileSystemDirectoryHandle }
  | { readonly kind: "handles"; readonly handles: readonly FileSystemFileHandle[] }
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "nothing" };

/**
 * Nobody cancels a picker this quickly: a browser that rejects at once does not show one (it is
 * blocked by policy, or runs without a screen), so the plain input is tried instead.
 */
const NOT_SHOWN_WITHIN = 150;

export const canPickFolders = (): boolean => "showDirectoryPicker" in window;

export async function pickFolder(mode: FileSystemPermissionMode): Promise<Picked> {
  return (
    (await withPicker(canPickFolders(), async () => ({
      kind: "folder" as const,
      handle: await window.showDirectoryPicker({ id: "songs", startIn: "music", mode }),
    }))) ?? pickWithInput(true)
  );
}

export async function pickFiles(): Promise<Picked> {
  return (
    (await withPicker("showOpenFilePicker" in window, async () => ({
      kind: "handles" as const,
      handles: await window.showOpenFilePicker({ id: "songs", startIn: "music", multiple: true }),
    }))) ?? pickWithInput(false)
  );
}

/** The folder that results go to; null where none is chosen. */
export const pickTarget = (): Promise<FileSystemDirectoryHandle | null> =>
  window
    .showDirectoryPicker({ id: "leveled", startIn: "music", mode: "readwrite" })
    .catch(() => null);

/** Null when there is no picker to show. */
async function withPicker(there: boolean, show: () => Promise<Picked>): Promise<Picked | null> {
  if (!there) return null;
  const asked = performance.now();
  try {
    return await show();
  } catch (error) {
    const cancelled = error instanceof DOMException && error.name === "AbortError";
    if (cancelled && performance.now() - asked > NOT_SHOWN_WITHIN) return { kind: "nothing" };
    return null;
  }
}

function pickWithInput(folder: boolean): Promise<Picked> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (folder) input.webkitdirectory = true;
  else input.accept = `audio/*,video/*,${ACCEPTED_EXTENSIONS}`;
  // In the document, because some browsers forget an input that is not.
  input.hidden = true;
  document.body.append(input);
  return new Promise((resolve) => {
    const end = (picked: Picked) => {
      input.remove();
      resolve(picked);
    };
    input.addEventListener("cancel", () => end({ kind: "nothing" }), { once: true });
    input.addEventListener(
      "change",
      () => end({ kind: "files", files: [...(input.files ?? [])] }),
      {
        once: true,
      },
    );
    input.click();
  });
}
