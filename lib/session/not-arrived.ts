import { notArrived } from "@/lib/files/manifest/not-arrived";
import type { PickedFile } from "@/lib/files/picked-file";
import { firstOf, type Notices } from "./notices";

/**
 * Says which results a power cut took, also of batches that had ended; those of unfinished ones are
 * done again by *Resume*. Leveling a song again takes the place of its empty result.
 */
export async function tellNotArrived(
  songs: readonly PickedFile[],
  notices: Notices,
): Promise<void> {
  let lost: readonly PickedFile[];
  try {
    lost = await notArrived(songs);
  } catch {
    // Our record cannot be read: it tells nothing of results.
    return;
  }
  if (lost.length === 0) return;
  notices.say(
    lost.length === 1
      ? "One result in the folder Leveled is empty: the computer stopped before it was written."
      : `${lost.length.toLocaleString("en")} results in the folder Leveled are empty: the computer stopped before they were written.`,
    `Start levels these songs again: ${firstOf(lost.map(({ path }) => path))}.`,
  );
}
