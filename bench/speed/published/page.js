// ffmpeg.wasm as its readme uses it: the class FFmpeg over the same core as the product's page. The
// benchmark chooses each song and calls the functions below.
import { FFmpeg } from "@ffmpeg/ffmpeg";
import { fetchFile } from "@ffmpeg/util";

const ffmpeg = new FFmpeg();
const log = [];
ffmpeg.on("log", ({ message }) => log.push(message));
const at = (name) => new URL(name, location.href).href;
const load = async () => {
  ffmpeg.terminate();
  await ffmpeg.load({ coreURL: at("core/ffmpeg-core.js"), wasmURL: at("core/ffmpeg-core.wasm") });
};
await load();

Object.assign(globalThis, {
  load,
  /** Lays the chosen song into ffmpeg's memory. */
  async write(name) {
    await ffmpeg.writeFile(name, await fetchFile(document.querySelector("input").files[0]));
  },
  /** Gives ffmpeg's log. */
  async run(args) {
    log.length = 0;
    const code = await ffmpeg.exec(args);
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}:\n${log.join("\n")}`);
    return log.join("\n");
  },
  /** Takes a file out of ffmpeg's memory. */
  async take(name) {
    globalThis.taken = new Blob([await ffmpeg.readFile(name)]);
    await ffmpeg.deleteFile(name);
  },
  remove: (name) => ffmpeg.deleteFile(name),
  /** Saves what was taken last as a download. */
  save(name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(globalThis.taken);
    link.download = name;
    link.click();
  },
});
document.documentElement.dataset.ready = "";
