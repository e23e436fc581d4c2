import { nextJob } from "@/lib/pool/next-job";

/**
 * A model of a batch: workers that take songs from one queue, as lib/pool does, on cores that share
 * memory and one disk. Its inputs are measured by the same benchmark run, but for
 * `memoryPerSecond`, which is an estimate.
 */
export interface ModelInputs {
  /** Compute seconds of a second of audio, all phases, with one worker at work. */
  readonly computePerSecond: number;
  /** Seconds that a song costs whatever its length: instance, probe, messages. */
  readonly perSong: number;
  /** Seconds between two songs of a worker: handed over by the page. */
  readonly handover: number;
  /** Busy seconds of the page's own thread for a song, drawing included. It is one thread. */
  readonly pagePerSong: number;
  /** Bytes of a second of audio that are read, and written. */
  readonly bytesPerSecond: number;
  /** Bytes a second of the one disk, shared. */
  readonly diskBandwidth: number;
  /** Bytes of a second of audio that go to memory and back beside what caches hold. */
  readonly memoryPerSecond: number;
  /** Bytes a second of the memory that all cores share. */
  readonly memoryBandwidth: number;
  /** Share by which each further worker slows every one down: caches and memory are shared. */
  readonly contention: number;
}

export interface ModelRun {
  readonly wall: number;
  /** Compute seconds at full speed over wall time and workers. */
  readonly busy: number;
}

type Step =
  /** Runs on the worker's own core. */
  | "compute"
  /** One at a time, in order of arrival. */
  | "page"
  | "disk";

interface Lane {
  /** What is left of the present song, first step first. */
  steps: { readonly kind: Step; left: number }[];
}

/** Plays a batch of songs of these lengths (seconds) through; gives its wall time. */
export function simulate(
  inputs: ModelInputs,
  lengths: readonly number[],
  workers: number,
): ModelRun {
  const { computePerSecond, perSong, handover, pagePerSong } = inputs;
  const { bytesPerSecond, diskBandwidth, contention } = inputs;
  // At full speed a worker moves so many bytes a second; together they cannot exceed the memory's.
  const memorySpeed = inputs.memoryBandwidth / (inputs.memoryPerSecond / computePerSecond);
  const waiting = [...lengths];
  let work = 0;
  const take = (lane: Lane): boolean => {
    const [length] = waiting.splice(nextJob(waiting, workers), 1);
    if (length === undefined) return false;
    const compute = perSong + length * computePerSecond;
    const moving = (length * bytesPerSecond) / diskBandwidth;
    work += compute;
    // Reading is part of the way; writing overlaps with the next song and is a load of the disk.
    lane.steps = [
      { kind: "page", left: handover },
      { kind: "disk", left: moving },
      { kind: "compute", left: compute },
      { kind: "disk", left: moving },
    ];
    return true;
  };
  const lanes: Lane[] = [];
  for (let number = 0; number < Math.min(workers, lengths.length); number++) {
    const lane: Lane = { steps: [] };
    if (take(lane)) lanes.push(lane);
  }
  const queues: Record<"page" | "disk", Lane[]> = { page: [], disk: [] };
  const arrive = (lane: Lane) => {
    const kind = lane.steps[0]?.kind;
    if (kind === "page" || kind === "disk") queues[kind].push(lane);
  };
  lanes.forEach(arrive);
  let now = 0;
  let active = lanes;
  while (active.length > 0) {
    const computing = active.filter(({ steps }) => steps[0]?.kind === "compute");
    const speed = Math.min(
      1 / (1 + contention * Math.max(0, computing.length - 1)),
      memorySpeed / Math.max(1, computing.length),
    );
    const serving = [queues.page[0], queues.disk[0]].filter((lane) => lane !== undefined);
    const running = [...computing.map((lane) => ({ lane, rate: speed }))].concat(
      serving.map((lane) => ({ lane, rate: 1 })),
    );
    const step = Math.min(...running.map(({ lane, rate }) => lane.steps[0]!.left / rate));
    now += step;
    const finished = new Set<Lane>();
    for (const { lane, rate } of running) {
      const current = lane.steps[0]!;
      current.left -= step * rate;
      if (current.left > 1e-9) continue;
      if (current.kind !== "compute") queues[current.kind].shift();
      lane.steps.shift();
      if (lane.steps.length > 0 || take(lane)) arrive(lane);
      else finished.add(lane);
    }
    if (finished.size > 0) active = active.filter((lane) => !finished.has(lane));
  }
  // However many workers there are, the page's thread has its share to do for each song.
  const wall = Math.max(now, lengths.length * pagePerSong);
  return { wall, busy: wall === 0 ? 1 : work / (wall * workers) };
}

/** `count` lengths from a measured distribution, scaled to this mean; the same ones every time. */
export function collection(measured: readonly number[], count: number, mean: number): number[] {
  let state = 1;
  const drawn = Array.from({ length: count }, () => {
    // Park and Miller's generator: small, and the same on every machine.
    state = (state * 48_271) % 2_147_483_647;
    return measured[state % measured.length] ?? mean;
  });
  const scale = (mean * count) / drawn.reduce((sum, each) => sum + each, 0);
  return drawn.map((each) => each * scale);
}
