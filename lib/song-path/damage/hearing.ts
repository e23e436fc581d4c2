import type { Complaint } from "@/lib/ffmpeg/complaint";
import type { RefusalReason } from "@/lib/song/refusals";
import type { Scratch } from "@/lib/storage/scratch";
import type { Heard } from "./found-damage";
import type { SampleChecksum } from "./sample-md5";

/** More tell nothing that these do not. */
const MOST_COMPLAINTS = 10_000;

/** Listens while a song is decoded, from its beginning to its end. */
export class Hearing {
  readonly #checksum: SampleChecksum | null;
  readonly #complaints: { readonly complaint: Complaint; readonly at: number }[] = [];

  constructor(checksum: SampleChecksum | null) {
    this.#checksum = checksum;
    checksum?.begin();
  }

  readonly onComplaint = (complaint: Complaint, at: number): void => {
    if (this.#complaints.length < MOST_COMPLAINTS) this.#complaints.push({ complaint, at });
  };

  /** `keep`, with the samples that it gets heard on the way. */
  keeping(keep: Pick<Scratch, "write"> | null): Pick<Scratch, "write"> | null {
    const checksum = this.#checksum;
    if (!checksum) return keep;
    return {
      write(position, bytes) {
        checksum.push(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
        keep?.write(position, bytes);
      },
    };
  }

  heard(frames: number): Heard {
    return { frames, complaints: this.#complaints, matches: this.#checksum?.matches() ?? null };
  }

  /** Why not a single sample came. */
  get reasonOfSilence(): RefusalReason {
    const lacking = this.#complaints.some(({ complaint }) => complaint.kind === "lacking");
    return lacking ? "unsupported-codec" : "damaged";
  }
}
