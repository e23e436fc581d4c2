import type { TextField } from "./fields";

/** A number with a total, as in "track 3 of 12". */
export interface Numbered {
  readonly number: number | null;
  readonly total: number | null;
}

/** A comment or lyrics: several may stand side by side, told apart by language and description. */
export interface Passage {
  /** ISO 639-2, three letters; null where the source does not tell. */
  readonly language: string | null;
  readonly description: string;
  readonly text: string;
}

export interface Picture {
  /** As in ID3v2's APIC and FLAC's PICTURE: 3 is the front cover, 4 the back, 0 anything else. */
  readonly type: number;
  readonly mime: string;
  readonly description: string;
  readonly data: Uint8Array;
}

/** What a song's tags say, in no format's words: for a song that changes its kind. */
export interface MappedTags {
  /** Values in order; a field without any is not there. */
  readonly texts: ReadonlyMap<TextField, readonly string[]>;
  readonly track: Numbered;
  readonly disc: Numbered;
  readonly beatsPerMinute: number | null;
  readonly compilation: boolean;
  /** 0…1, and whose it is (an address, in ID3v2). */
  readonly rating: { readonly value: number; readonly source: string } | null;
  readonly comments: readonly Passage[];
  readonly lyrics: readonly Passage[];
  readonly pictures: readonly Picture[];
  /** Fields under names of a person's own, in order. */
  readonly custom: ReadonlyArray<readonly [name: string, value: string]>;
}
