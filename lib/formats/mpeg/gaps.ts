/** Where bytes of no frame and no tag lie between the frames of an MP3. */
import { has, section, windowed, type ByteSource } from "../bytes";
import {
  frameLength,
  headerAt,
  isFreeFormat,
  isHeader,
  sampleRate,
  samplesPerFrame,
} from "./header";
import { blockAt, blockBefore, mp3Layout } from "./layout";
import { chains, findStream, nextSync } from "./sync";

export interface Gap {
  /** Seconds of sound in front of it. */
  readonly at: number;
  /** Seconds that its bytes would hold if they were frames like the others. */
  readonly length: number;
}

/** Larger files would have to be held in memory whole. */
const MOST_BYTES = 200 * 1024 * 1024;

/**
 * In order. Tags of joined files are no gaps, nor is what lies in front of the first frame or
 * behind the last. Null where the frames cannot be told.
 */
export function mp3Gaps(source: ByteSource): readonly Gap[] | null {
  const { audioStart, audioEnd: end } = mp3Layout(source);
  const first = findStream(source, audioStart, end);
  if (first === null || isFreeFormat(first.header) || source.size > MOST_BYTES) return null;
  const bytes = source.read(0, end);
  const gaps: { at: number; bytes: number }[] = [];
  let [seconds, inFrames, at] = [0, 0, first.offset];
  while (at + 4 <= end) {
    const header = headerAt(bytes, at);
    const next = isHeader(header) && !isFreeFormat(header) ? at + frameLength(header) : end + 1;
    if (next <= end) {
      seconds += samplesPerFrame(header) / sampleRate(header);
      inFrames += next - at;
      at = next;
      continue;
    }
    let resumed = at;
    do resumed = nextSync(bytes, resumed, end);
    while (resumed < end && !chains(bytes, resumed, end, 3));
    const junk = resumed < end ? bytesOfNoTag(section(source, at, resumed - at)) : 0;
    if (junk > 0) gaps.push({ at: seconds, bytes: junk });
    at = resumed;
  }
  return gaps.map((gap) => ({ at: gap.at, length: (gap.bytes / inFrames) * seconds }));
}

const ID3V1 = 128;

/** What is left of a stretch between frames without its tags and the zeros around them. */
function bytesOfNoTag(stretch: ByteSource): number {
  const source = windowed(stretch);
  let start = 0;
  while (start < source.size) {
    const tag = has(source.read(start, 3), 0, "TAG") ? ID3V1 : blockAt(source, start)?.length;
    const length = tag ?? (start > 0 ? zerosAt(source, start) : 0);
    if (length === 0) break;
    start += length;
  }
  let end = source.size;
  for (let tag = blockBefore(source, end); tag && end > start; tag = blockBefore(source, end))
    end = tag.offset;
  return Math.max(0, end - start);
}

function zerosAt(source: ByteSource, start: number): number {
  let at = start;
  while (at < source.size && source.read(at, 1)[0] === 0) at++;
  return at - start;
}
