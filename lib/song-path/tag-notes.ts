import type { Note } from "@/lib/formats";

/** What a person is told of tags that did not come along as they were. */
export const sentenceOf = (note: Note): string | null => SENTENCES[note];

const SENTENCES: Record<Note, string | null> = {
  "damaged-tag-trimmed": "A tag was damaged; what can be read of it was kept.",
  "first-of-chain-only":
    "The file is several streams in a row; they became one, with the tags of the first.",
  "second-comment-block-dropped": "A second block of comments, which FLAC forbids, was left out.",
  "chapter-track-dropped": "Its chapters could not be read and were left out.",
  // Times take the place of byte offsets: nothing that a person would miss.
  "chapter-offsets-cleared": null,
  "damaged-chunk-dropped": "A chunk that runs past the end of the file was left out.",
  "tag-behind-flac-dropped":
    "A tag behind the audio (ID3v1 or APE), for which FLAC has no place, was left out.",
};

export const PICTURE_LEFT_OUT =
  "A picture of more than 16 MB has no place in FLAC and was left out.";

export const TAGS_UNREADABLE = "Its tags could not be read in full: some may be missing.";
