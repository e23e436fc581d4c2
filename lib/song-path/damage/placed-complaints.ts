import type { Complaint } from "@/lib/ffmpeg/complaint";
import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import { decodePart, type DecodedPart } from "../decoding";

export interface PlacedComplaint {
  readonly complaint: Complaint;
  /** Samples (per channel) that came before it. */
  readonly at: number;
}

/** More tell nothing that these do not. */
const MOST_COMPLAINTS = 10_000;

/**
 * Decodes once more, to tell where ffmpeg complains. On the way of measuring it would cost whole songs
 * 2 ms a minute: samples have to come a packet at a time. `onPiece`: a sign of life.
 */
export function placedComplaints(
  ffmpeg: Ffmpeg,
  part: DecodedPart,
  onPiece: () => void,
): PlacedComplaint[] {
  const placed: PlacedComplaint[] = [];
  let samples = 0;
  decodePart(ffmpeg, part, {
    atOnce: true,
    take(chunk) {
      samples += chunk.length;
      onPiece();
    },
    hear(complaint) {
      const at = samples / part.format.channels;
      if (placed.length < MOST_COMPLAINTS) placed.push({ complaint, at });
    },
  });
  return placed;
}
