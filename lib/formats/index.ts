export { bytesSource, type ByteSource } from "./bytes";
export { assemble, partsSize } from "./parts";
export { isKind, transplantTags } from "./transplant";
export { readMappedTags } from "./mapped/read";
export { tagDonor } from "./mapped/donor";
export type { MappedTags } from "./mapped/types";
export type {
  Kind,
  LoudnessTags,
  Note,
  Part,
  TransplantOptions,
  TransplantResult,
} from "./types";
export { readCommonTags, type CommonTags } from "./common";
export { gapless, type Gapless } from "./gapless";
export { isLoudnessName } from "./loudness-tags";
export { apeText, buildApe, readApeAt, readApeBefore, type ApeItem, type ApeTag } from "./ape/ape";
export { mp3Layout, type Mp3Block, type Mp3Layout } from "./mpeg/mp3";
