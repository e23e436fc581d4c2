/**
 * Short pieces of music, synthesized: drums, bass, chords and a plucked melody over a chord
 * progression. They stand in for real songs where none may be shipped, in the samples on the page
 * and in tests. The same description always gives the same samples.
 */

export const SAMPLE_RATE = 44_100;

export interface Piece {
  readonly seed: number;
  readonly seconds: number;
  readonly beatsPerMinute: number;
  /** MIDI note of the key's tonic in the bass octave: 33 = A1, 40 = E2. */
  readonly tonic: number;
  readonly scale: "major" | "minor";
  /** One scale degree (0 = tonic) a bar, repeated. */
  readonly progression: readonly number[];
  /** 0…1, how much of each part is heard. */
  readonly mix: { drums: number; bass: number; chords: number; melody: number };
}

/** Planar stereo, full scale ±1; the loudest sample lies near ±1. */
export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

const scales = { major: [0, 2, 4, 5, 7, 9, 11], minor: [0, 2, 3, 5, 7, 8, 10] } as const;

export function render(piece: Piece): Stereo {
  const length = Math.round(piece.seconds * SAMPLE_RATE);
  const track = new Track(length);
  const random = seededRandom(piece.seed);
  const beat = 60 / piece.beatsPerMinute;
  const bars = Math.ceil(piece.seconds / (4 * beat));
  const note = (degree: number, octave: number) => {
    const steps = scales[piece.scale];
    const wrapped = ((degree % 7) + 7) % 7;
    const shift = Math.floor(degree / 7) + octave;
    return 440 * 2 ** ((piece.tonic + (steps[wrapped] ?? 0) + 12 * shift - 69) / 12);
  };

  let melodyDegree = 0;
  for (let bar = 0; bar < bars; bar += 1) {
    const start = bar * 4 * beat;
    const root = piece.progression[bar % piece.progression.length] ?? 0;
    for (const [index, degree] of [root, root + 2, root + 4].entries()) {
      const [level, pan] = [piece.mix.chords * 0.16, index * 0.6 - 0.6];
      chord(track, { at: start, length: 4 * beat, pitch: note(degree, 1), level, pan });
    }
    for (let eighth = 0; eighth < 8; eighth += 1) {
      const at = start + (eighth * beat) / 2;
      if (eighth % 2 === 0 || random() < 0.35) {
        const degree = eighth === 6 ? root + 4 : root;
        const level = piece.mix.bass * 0.4;
        bass(track, { at, length: beat * 0.45, pitch: note(degree, 0), level, pan: 0 });
      }
      if (random() < 0.7) {
        // Melodies move mostly in steps and return to the chord on the bar's first beat.
        melodyDegree = eighth === 0 ? root : melodyDegree + Math.round(random() * 4 - 2);
        melodyDegree = Math.max(-3, Math.min(9, melodyDegree));
        const [level, pan] = [piece.mix.melody * 0.5, random() - 0.5];
        pluck(track, { at, length: 0.9, pitch: note(melodyDegree, 2), level, pan }, random);
      }
      if (eighth % 4 === 0) kick(track, at, piece.mix.drums * 0.8);
      if (eighth % 4 === 2) snare(track, at, piece.mix.drums * 0.4, random);
      hat(track, at, piece.mix.drums * (eighth % 2 === 0 ? 0.1 : 0.16), random);
    }
  }
  track.finish();
  return track;
}

/** Soft saturation, as a mastering limiter would leave it: louder at about the same peak. */
export function drive({ left, right }: Stereo, amount: number): Stereo {
  const shape = (sample: number) => Math.tanh(sample * amount) / Math.tanh(amount);
  const driven = { left: left.map(shape), right: right.map(shape) };
  lowPass(driven.left);
  lowPass(driven.right);
  return driven;
}

/**
 * Eighth-order Butterworth low-pass at 15 kHz, in place. Recorded music has little up there, while
 * noise and saturation have much; meters of true peak do not agree on what lies near half the
 * sample rate.
 */
function lowPass(channel: Float32Array): void {
  const cosine = Math.cos((2 * Math.PI * 15_000) / SAMPLE_RATE);
  const sine = Math.sin((2 * Math.PI * 15_000) / SAMPLE_RATE);
  for (const pole of [1, 3, 5, 7]) {
    const alpha = sine * Math.cos((pole * Math.PI) / 16);
    const [b, a0, a1, a2] = [(1 - cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha];
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    for (let i = 0; i < channel.length; i += 1) {
      const x = channel[i] ?? 0;
      const y = (b * x + 2 * b * x1 + b * x2 - a1 * y1 - a2 * y2) / a0;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      channel[i] = y;
    }
  }
}

export function applyGain({ left, right }: Stereo, decibels: number): Stereo {
  const factor = 10 ** (decibels / 20);
  return { left: left.map((s) => s * factor), right: right.map((s) => s * factor) };
}

/** 32-bit float PCM, little-endian, left and right interleaved: ffmpeg's `f32le`. */
export function toInterleavedBytes({ left, right }: Stereo): Uint8Array {
  const interleaved = new Float32Array(left.length * 2);
  for (let i = 0; i < left.length; i += 1) {
    interleaved[2 * i] = left[i] ?? 0;
    interleaved[2 * i + 1] = right[i] ?? 0;
  }
  return new Uint8Array(interleaved.buffer);
}

/** Mulberry32: 32-bit state, uniform in [0, 1). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Track implements Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;

  constructor(length: number) {
    this.left = new Float32Array(length);
    this.right = new Float32Array(length);
  }

  /** Adds `voice(time since the start)` for `seconds`; `pan` from -1 (left) to 1 (right). */
  add(start: number, seconds: number, level: number, pan: number, voice: (t: number) => number) {
    const first = Math.round(start * SAMPLE_RATE);
    const last = Math.min(this.left.length, first + Math.round(seconds * SAMPLE_RATE));
    // Constant power: a part sounds equally loud wherever it stands.
    const angle = ((pan + 1) * Math.PI) / 4;
    const toLeft = level * Math.cos(angle) * Math.SQRT2;
    const toRight = level * Math.sin(angle) * Math.SQRT2;
    for (let i = first; i < last; i += 1) {
      const sample = voice((i - first) / SAMPLE_RATE);
      this.left[i] = (this.left[i] ?? 0) + sample * toLeft;
      this.right[i] = (this.right[i] ?? 0) + sample * toRight;
    }
  }

  /** Fades both ends, so that a piece cut in mid-bar does not click, and scales to full. */
  finish() {
    lowPass(this.left);
    lowPass(this.right);
    const fade = Math.min(Math.round(0.3 * SAMPLE_RATE), Math.floor(this.left.length / 4));
    let highest = 0;
    for (const channel of [this.left, this.right]) {
      for (let i = 0; i < fade; i += 1) {
        const end = channel.length - 1 - i;
        channel[end] = ((channel[end] ?? 0) * i) / fade;
      }
      for (const sample of channel) highest = Math.max(highest, Math.abs(sample));
    }
    if (highest === 0) return;
    for (const channel of [this.left, this.right]) {
      for (let i = 0; i < channel.length; i += 1) channel[i] = (channel[i] ?? 0) / highest;
    }
  }
}

const decay = (t: number, seconds: number) => Math.exp(-t / seconds);
const attack = (t: number, seconds: number) => Math.min(1, t / seconds);

interface Note {
  /** Seconds. */
  readonly at: number;
  readonly length: number;
  /** Hertz. */
  readonly pitch: number;
  readonly level: number;
  /** -1 is left, 1 is right. */
  readonly pan: number;
}

/** Three slightly detuned tones with falling harmonics, as a soft synthesizer pad. */
function chord(track: Track, { at, length, pitch, level, pan }: Note) {
  track.add(at, length, level, pan, (t) => {
    let sum = 0;
    for (const detune of [0.997, 1, 1.003]) {
      const phase = 2 * Math.PI * pitch * detune * t;
      sum += Math.sin(phase) + Math.sin(2 * phase) / 3 + Math.sin(3 * phase) / 7;
    }
    return (sum / 3) * attack(t, 0.06) * attack(length - t, 0.08);
  });
}

function bass(track: Track, { at, length, pitch, level, pan }: Note) {
  track.add(at, length, level, pan, (t) => {
    const phase = 2 * Math.PI * pitch * t;
    const tone = Math.sin(phase) + Math.sin(2 * phase) * 0.35 + Math.sin(3 * phase) * 0.12;
    return tone * attack(t, 0.008) * decay(t, 0.5) * attack(length - t, 0.02);
  });
}

/** Karplus-Strong: a burst of noise in a delay line whose average is fed back. */
function pluck(track: Track, { at, length, pitch, level, pan }: Note, random: () => number) {
  const period = Math.max(2, Math.round(SAMPLE_RATE / pitch));
  const string = Float64Array.from({ length: period }, () => random() * 2 - 1);
  let position = 0;
  track.add(at, length, level, pan, (t) => {
    const now = string[position] ?? 0;
    const next = (position + 1) % period;
    string[position] = 0.497 * (now + (string[next] ?? 0));
    position = next;
    return now * attack(length - t, 0.05);
  });
}

function kick(track: Track, at: number, level: number) {
  track.add(at, 0.3, level, 0, (t) => {
    // The integral of a pitch falling from 160 to 48 Hz.
    const phase = 2 * Math.PI * (48 * t + (112 / 35) * (1 - Math.exp(-35 * t)));
    return Math.sin(phase) * decay(t, 0.1) * attack(0.3 - t, 0.05);
  });
}

function snare(track: Track, at: number, level: number, random: () => number) {
  track.add(at, 0.2, level, 0.1, (t) => {
    const tone = Math.sin(2 * Math.PI * 185 * t) * decay(t, 0.05);
    return (tone * 0.6 + (random() * 2 - 1) * decay(t, 0.06)) * attack(0.2 - t, 0.03);
  });
}

function hat(track: Track, at: number, level: number, random: () => number) {
  let before = 0;
  track.add(at, 0.06, level, -0.3, (t) => {
    const noise = random() * 2 - 1;
    const bright = noise - before;
    before = noise;
    return bright * decay(t, 0.015);
  });
}
