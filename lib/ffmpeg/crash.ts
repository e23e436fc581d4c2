/** Thrown when an instance can no longer be trusted: the worker that held it must be replaced. */
export class FfmpegCrash extends Error {
  override name = "FfmpegCrash";
}
