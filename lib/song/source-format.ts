/** What the probe found in the file. `null` where the format does not have the notion. */
export interface SourceFormat {
  /** ffmpeg's short name of the container, reduced to ours: mp3, flac, wav, aiff, m4a, ogg, … */
  readonly container: string;
  /** ffmpeg's codec name: mp3, flac, pcm_s16le, aac, alac, vorbis, opus, wmav2, wavpack, … */
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly channelLayout: string | null;
  /** Bits per second of the audio stream. */
  readonly bitRate: number | null;
  /** Bits of a sample as stored; null for lossy codecs. */
  readonly bitDepth: number | null;
  readonly lossless: boolean;
  /** In the file; one of them is the song. */
  readonly soundTracks: number;
}
