self.onmessage = async ({ data: { core, coreUrl, song, input, args } }) => {
  const { default: createCore } = await import(coreUrl);
  const bytes = new Uint8Array(await song.arrayBuffer());
  const ffmpeg = await createCore({
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(core, imports).then((instance) => done(instance, core));
      return {};
    },
  });
  const log = [];
  ffmpeg.setLogger(({ message }) => log.push(message));
  ffmpeg.FS.writeFile(input, bytes);
  const begun = performance.now();
  const code = ffmpeg.exec("-hide_banner", "-nostats", "-v", "warning", ...args);
  self.postMessage({ seconds: (performance.now() - begun) / 1000, code, log });
};
