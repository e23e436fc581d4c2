import type { Complaint } from "@/lib/ffmpeg/complaint";
import type { RefusalReason } from "@/lib/song/refusals";
import type { Scratch } from "@/lib/storage/scratch";
import type { Heard } from "./found-damage";
import type { SampleChecksum } from "./sample-md5";

/** Listens while a song is decoded, from its beginning to its end. */
export class Hearing {
  readonly #checksum: SampleChecksum | null;
  readonly #complaints = new Set<Complaint["kind"]>();

  constructor(checksum: SampleChecksum | null) {
    this.#checksum = checksum;
    checksum?.begin();
  }

  readonly onComplaint = ({ kind }: Complaint): void => {
    this.#complaints.add(kind);
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

  /** `places`: where each complaint was. */
  heard(frames: number, places: NonNullable<Heard["complaints"]>): Heard {
    const matches = this.#checksum?.matches() ?? null;
    const isWhole = matches ?? [...this.#complaints].every((kind) => kind === "lacking");
    return { frames, complaints: isWhole ? null : places, matches };
  }

  /** Why not a single sample came. */
  get reasonOfSilence(): RefusalReason {
    return this.#complaints.has("lacking") ? "unsupported-codec" : "damaged";
  }
}
