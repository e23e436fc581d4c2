/**
 * What other rooms may use of the formats. Only `bytes` and `sniff` are also imported themselves:
 * the page needs nothing else of this room, and no parser is to get into its bundle.
 */
export { bytesSource, equalBytes, readInto, section, type ByteSource } from "./bytes";
export { looksLikeSong, SNIFF_BYTES } from "./sniff";
export type { Kind, LoudnessTags, Note, Part, TransplantOptions, TransplantResult } from "./types";

// Tags from one file into another, of the same kind or of another one.
export { isKind, transplantTags } from "./transplant";
export { assemble, partsSize } from "./parts";
export { readMappedTags } from "./mapped/read";
export { tagDonor } from "./mapped/donor";
export type { MappedTags } from "./mapped/types";

// What a file says of itself.
export { readAlbumTags, type AlbumTags } from "./album-tags";
export { gapless, type Gapless } from "./gapless";
export { mp3Hints, noHints, type EncoderHints } from "./mpeg/hints";
export { mp3Audio } from "./mpeg/layout";
export { layer3Kilobits } from "./mpeg/header";

// Gain in the coded audio.
export {
  applyMp3Gain,
  canBeTakenBack,
  nearestSteps,
  planMp3Gain,
  STEP,
  undoMp3Gain,
} from "./mpeg/gain";
export { applyOpusGain } from "./ogg/opus-gain";
