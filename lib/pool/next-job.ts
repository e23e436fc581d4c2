/** A job goes before one whose turn it is only if it takes so many times as long. */
const NOTABLY_LONGER = 1.25;

/**
 * Index of the job that a lane begins next, of those that wait: the first, until the longest would end
 * after all the others if it waited any longer. So jobs keep their order, and the lanes end together.
 * `times` are guesses in any one unit.
 */
export function nextJob(times: readonly number[], lanes: number): number {
  if (lanes < 2) return 0;
  let longest = 0;
  let all = 0;
  times.forEach((time, index) => {
    all += time;
    if (time > times[longest]!) longest = index;
  });
  const isDue = all <= lanes * times[longest]!;
  return isDue && times[longest]! > NOTABLY_LONGER * times[0]! ? longest : 0;
}
