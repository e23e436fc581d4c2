/**
 * ffmpeg's readers that may open a song, by its own names: containers of sound, and of films with
 * sound. All others are never even asked: those that read lists would open what a list names, and
 * those of pictures and text make nothing that could be leveled.
 */
const DEMUXERS =
  "mp3 flac wav w64 aiff mov matroska ogg asf asf_o aac loas ac3 eac3 dts dtshd truehd mlp wv tta ape mpc mpc8 tak caf au amr amrnb amrwb avi flv mpeg mpegts mpegvideo dv nut gxf mxf wtv rm ivf dsf iff shn voc gsm oma aea aa aax xwma xa sox ircam nistsphere paf pvf qcp avr ast adx spdif vqf wsd wve mmf epaf sds siff rso dss sbc nsv swf sln hcom codec2 ilbc daud dsicin kvag smjpeg svag vag genh brstm bfstm";

/** Covers are decoded to find out what they are: beyond 32 megapixels that is left undone. */
const MOST_PIXELS = 1 << 25;
/** Bytes that ffmpeg may ask for at once; the index of a book of 70 hours takes as many. */
const MOST_AT_ONCE = 256 * 1024 * 1024;

/** Arguments before every song that ffmpeg or ffprobe opens: whatever is in it, nothing else is opened. */
export const OPENING: readonly string[] = [
  ...["-max_alloc", String(MOST_AT_ONCE), "-max_pixels", String(MOST_PIXELS)],
  ...["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS.replaceAll(" ", ",")],
];
