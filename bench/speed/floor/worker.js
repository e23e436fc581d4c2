/** Bytes. The core's own 64 KB are too few for libopus (lib/ffmpeg/core-instance.ts). */
const STACK = 5 * 1024 * 1024;

self.onmessage = async ({ data: { core, coreUrl, song, input, commands } }) => {
  const { default: createCore } = await import(coreUrl);
  const bytes = new Uint8Array(await song.arrayBuffer());
  let exports;
  const ffmpeg = await createCore({
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(core, imports).then((instance) => {
        ({ exports } = instance);
        done(instance, core);
      });
      return {};
    },
  });
  const top = (ffmpeg._malloc(STACK) + STACK) & ~15;
  const log = [];
  ffmpeg.setLogger(({ message }) => log.push(message));
  ffmpeg.FS.writeFile(input, bytes);
  const begun = performance.now();
  let code = 0;
  for (const args of commands) {
    exports.Ea(top);
    code ||= ffmpeg.exec("-hide_banner", "-nostats", "-v", "warning", ...args);
  }
  self.postMessage({ seconds: (performance.now() - begun) / 1000, code, log });
};
