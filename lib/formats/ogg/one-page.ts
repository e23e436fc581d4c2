import { bytesSource, type ByteSource } from "../bytes";
import { pageFlag, readPages, sealPage, type OggPage } from "./page";

/** Bytes of a file whose sound may lie on one page, with headers and a small cover in front. */
const ONE_PAGE = 1 << 18;

const FLAGS_AT = 5;

/**
 * A Vorbis file whose sound lies on one page, without the flag that ends the stream there: FFmpeg 5.1
 * reckons the end of such a page wrongly, by up to a block. All that its packets hold comes then, from
 * the right beginning, and what it states as its length is where to end. Null for other files.
 */
export function vorbisOnOnePage(source: ByteSource): ByteSource | null {
  if (source.size > ONE_PAGE) return null;
  const sounding: OggPage[] = [];
  for (const page of readPages(source, 0))
    if (page.granule === null || page.granule !== 0) sounding.push(page);
  const [page] = sounding;
  if (page === undefined || sounding.length > 1 || !page.endsStream || page.beginsStream)
    return null;
  const bytes = source.read(0, source.size).slice();
  const own = bytes.subarray(page.offset, page.end);
  own[FLAGS_AT] = own[FLAGS_AT]! & ~pageFlag.endsStream;
  sealPage(own);
  return bytesSource(bytes);
}
