import type { Page } from "@playwright/test";

/** What a page sends to its loudspeakers. */
export interface Recording {
  readonly sampleRate: number;
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** Runs in the audio thread, which renders one block after another and leaves none out. */
const recorder = `registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([input]) {
    const silence = new Float32Array(128);
    this.port.postMessage([input[0] ?? silence, input[1] ?? input[0] ?? silence]);
    return true;
  }
});`;

/** Records what reaches the page's loudspeakers. Before `goto`, and with `bypassCSP`. */
export async function recordAudio(page: Page): Promise<void> {
  // No named function in here: the compiler would call a helper that the page does not have.
  await page.addInitScript((script) => {
    const scope = window as unknown as { recorded: unknown[]; recordedRate: number };
    scope.recorded = [];
    const taps = new WeakMap<BaseAudioContext, GainNode>();
    const connect = AudioNode.prototype.connect as (this: AudioNode, to: unknown) => AudioNode;
    AudioNode.prototype.connect = function (this: AudioNode, to: unknown) {
      const context = this.context;
      if (to === context.destination && context instanceof AudioContext) {
        let tap = taps.get(context);
        if (tap === undefined) {
          const made = new GainNode(context, {
            channelCount: 2,
            channelCountMode: "explicit",
          });
          tap = made;
          taps.set(context, made);
          scope.recordedRate = context.sampleRate;
          const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
          void context.audioWorklet.addModule(url).then(() => {
            const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
            node.port.onmessage = ({ data }: MessageEvent<unknown>) => scope.recorded.push(data);
            connect.call(made, node);
          });
        }
        connect.call(this, tap);
      }
      return connect.call(this, to);
    };
  }, recorder);
}

/** What was recorded since the last time. */
export async function takeRecording(page: Page): Promise<Recording> {
  const { sampleRate, channels } = await page.evaluate(async () => {
    const scope = window as unknown as {
      recorded: (readonly [Float32Array, Float32Array])[];
      recordedRate: number;
    };
    const blocks = scope.recorded;
    scope.recorded = [];
    const channels = await Promise.all(
      [0, 1].map(async (channel) => {
        const blob = new Blob(blocks.map((block) => block[channel] as Float32Array<ArrayBuffer>));
        const bytes = new Uint8Array(await blob.arrayBuffer());
        let text = "";
        for (let at = 0; at < bytes.length; at += 32_768) {
          text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
        }
        return btoa(text);
      }),
    );
    return { sampleRate: scope.recordedRate, channels };
  });
  const [left, right] = channels.map((text) => {
    const bytes = Uint8Array.from(Buffer.from(text, "base64"));
    return new Float32Array(bytes.buffer);
  }) as [Float32Array, Float32Array];
  return { sampleRate, left, right };
}

/** Waits until so much was recorded since the last time. */
export const untilRecorded = (page: Page, seconds: number) =>
  page.waitForFunction((wanted) => {
    const { recorded, recordedRate } = window as unknown as {
      recorded: unknown[];
      recordedRate: number;
    };
    return recorded.length * 128 >= wanted * recordedRate;
  }, seconds);
