import { chromium, type Browser } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../../cli/in-browser/browser";
import { type Answer, type DecodingJob, DecodingPage } from "./decoding-page";

/** Chromium's `decodeAudioData`. */
export class ChromiumDecoder {
  readonly #page: DecodingPage;
  readonly #browser: Browser;

  static async launch(): Promise<ChromiumDecoder> {
    const page = await DecodingPage.open();
    const executablePath = await ensureBrowser();
    const browser = await chromium.launch({ executablePath, args: launchArguments });
    await (await browser.newPage()).goto(page.url);
    return new ChromiumDecoder(page, browser);
  }

  private constructor(page: DecodingPage, browser: Browser) {
    this.#page = page;
    this.#browser = browser;
  }

  compare(job: DecodingJob): Promise<Answer> {
    return this.#page.compare(job);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#page.close();
  }
}
