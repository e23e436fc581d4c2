import { joinedBlob } from "@/lib/storage/joined-blob";
import { readAwaited } from "@/lib/storage/awaited-source";

/**
 * A kept original with the tags of the song on disk, without a copy of its sound. Null where they
 * cannot be carried byte for byte.
 */
export async function retaggedOriginal(original: File, onDisk: File): Promise<File | null> {
  const { retagged } = await import("@/lib/formats");
  const parts = await readAwaited([original, onDisk], (sound, tags) => retagged(sound, tags));
  if (parts === null) return null;
  const joined = joinedBlob(original, parts);
  const { name, lastModified } = original;
  return joined instanceof File ? joined : new File([joined], name, { lastModified });
}
