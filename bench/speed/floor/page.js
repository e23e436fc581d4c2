// The floor: the engine's own work on a song with nothing around it. Loads the same core as the
// page does; the benchmark chooses each song and calls `floor`.
const { files } = await (await fetch("engine/manifest.json")).json();
const packed = await fetch(`engine/${files.coreWasmGzip.url}`);
const stream = packed.body.pipeThrough(new DecompressionStream("gzip"));
const core = await WebAssembly.compileStreaming(
  new Response(stream, { headers: { "content-type": "application/wasm" } }),
);
const coreUrl = new URL(`engine/${files.coreScript.url}`, location.href).href;

/** Seconds of ffmpeg commands over the chosen song, in a new worker and a new instance. */
globalThis.floor = (input, commands) =>
  new Promise((resolve, reject) => {
    const [song] = document.querySelector("input").files;
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.code === 0) resolve(data.seconds);
      else reject(new Error(data.log.join("\n")));
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ core, coreUrl, song, input, commands });
  });
document.documentElement.dataset.ready = "";
