import * as z from "zod/mini";

const index = z.array(z.object({ name: z.string(), bytes: z.number() }));

/** The songs that the project makes itself, as files that were never on the person's disk. */
export async function loadSamples(base: string): Promise<File[]> {
  const root = new URL("samples/", base);
  const songs = index.parse(await (await fetch(new URL("index.json", root))).json());
  return Promise.all(
    songs.map(async ({ name, bytes }) => {
      const response = await fetch(new URL(encodeURIComponent(name), root));
      const blob = await response.blob();
      if (!response.ok || blob.size !== bytes) throw new Error(`${name}: HTTP ${response.status}`);
      // A fixed date, so that adding them twice adds them once.
      return new File([blob], name, { lastModified: 0 });
    }),
  );
}
