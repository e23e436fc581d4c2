export { DownloadSink } from "./download";
export { LeveledFolderSink, rememberResult } from "./leveled-folder";
export { OtherFolderSink } from "./other-folder";
export { ReplaceSink } from "./replace";
export type { BesideSink, Saving, Sink } from "./sink";
