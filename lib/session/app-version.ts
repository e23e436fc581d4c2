/** From package.json, put in by the build (next.config.ts). */
export const APP_VERSION: string = process.env.NEXT_PUBLIC_APP_VERSION ?? "development";
