/** What a file is by its name. Its first bytes, and in the end decoding, decide. */

const AUDIO =
  "mp3 mp2 mp1 mpa flac wav wave w64 rf64 bwf aif aiff aifc afc m4a m4b m4p aac adts alac ogg oga opus spx wma wv wvc tta ape mpc mp+ mpp tak caf au snd amr awb ac3 eac3 ec3 dts dtshd thd mka ra ram dsf dff shn voc gsm".split(
    " ",
  );
const VIDEO =
  "mp4 m4v mov mkv webm avi wmv asf flv f4v mpg mpeg mpe ts m2ts mts 3gp 3g2 ogv ogm vob".split(
    " ",
  );

const songExtensions: ReadonlySet<string> = new Set([...AUDIO, ...VIDEO]);

const extensionOf = (name: string): string => {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
};

/** Named like audio or video. */
export const isNamedLikeSong = (name: string): boolean => songExtensions.has(extensionOf(name));

/** For `<input accept>`. */
export const ACCEPTED_EXTENSIONS = [...songExtensions]
  .map((extension) => `.${extension}`)
  .join(",");
