export { levelSong } from "./leveling";
export { listenToSong } from "./listening";
export { undoSong } from "./lossless-route";
export { measureSong } from "./measuring";
export type { SongTools } from "./song-tools";
