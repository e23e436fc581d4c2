/**
 * What other rooms may use of the formats, beside `bytes` and `sniff`: these are imported
 * themselves, since the page needs them and no parser is to get into its bundle.
 */
export { bytesSource, type ByteSource } from "./bytes";
export type {
  CarriedKind,
  Kind,
  LoudnessTags,
  Part,
  StatedLength,
  TransplantOptions,
} from "./types";

// Tags from one file into another, of the same kind or of another one.
export { isCarriedKind, isKind, transplantTags } from "./transplant";
export { assemble, partsSize, partsSource } from "./parts";
export { audioParts } from "./audio-parts";
export { retagged } from "./retagged";
export { readMappedTags } from "./mapped/read";
export { canTagLoudness, tagLoudness } from "./tag-loudness";
export { tagsOnlyFile } from "./mapped/tags-only-file";
export type { MappedTags } from "./mapped/types";

// What a file says of itself.
export { readAlbumTags } from "./album-tags";
export { gapless } from "./gapless";
export { protectionOf } from "./protection";
export { statedLength } from "./stated-length";
export { vorbisOnOnePage } from "./ogg/one-page";
export { readableFlac } from "./flac/layout";
export { statedMd5 } from "./flac/stated-md5";
export { readableWav } from "./iff/readable";
export { mp3Gaps } from "./mpeg/gaps";
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
export { changeOpusGain, planOpusGain, undoOpusGain } from "./ogg/opus-undo";
export { applyVorbisGain, planVorbisGain, undoVorbisGain } from "./ogg/vorbis-gain";
export { openAac, undoAacGain, type AacFile } from "./aac/gain";
export { leadsBackTo } from "./leads-back";
