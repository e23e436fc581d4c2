import type { CDPSession, Page } from "@playwright/test";
import { expect } from "./test";

/**
 * What has the focus, as the browser's own accessibility tree has it; a `summary` is a
 * "DisclosureTriangle" there.
 */
export interface Focused {
  readonly role: string;
  readonly name: string;
}

/** Tab stops that are looked at before a control counts as out of reach. */
const MOST_STOPS = 60;

/**
 * Someone who has a keyboard and a screen reader and nothing else: keys go to the page, what has the
 * focus comes from the accessibility tree, and what live regions say is kept. After each key the
 * focus must be somewhere.
 */
export class KeyboardHand {
  readonly page: Page;
  readonly #session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.#session = session;
  }

  /** On a page that is open already. */
  static async at(page: Page): Promise<KeyboardHand> {
    await page.evaluate(listen);
    return new KeyboardHand(page, await page.context().newCDPSession(page));
  }

  /** What live regions said since the last time, each text once. */
  heard(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as Listener).spoken.splice(0));
  }

  /** Presses keys one after another; the focus is somewhere after each. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.#kept(key);
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.#kept(text);
  }

  async focused(): Promise<Focused> {
    const { result } = await this.#session.send("Runtime.evaluate", {
      expression: "document.activeElement",
    });
    if (result.objectId === undefined) return { role: "none", name: "" };
    const { nodes } = await this.#session.send("Accessibility.getPartialAXTree", {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    const [node] = nodes;
    return { role: text(node?.role), name: text(node?.name) };
  }

  /** What has the focus now, or gets it in a moment. */
  async expectFocus(role: string, name: string | RegExp): Promise<void> {
    const wanted = typeof name === "string" ? name : expect.stringMatching(name);
    await expect.poll(() => this.focused()).toEqual({ role, name: wanted });
  }

  /** Tab, or Shift and Tab, until this has the focus; how many presses it took. */
  async tabTo(role: string, name: string | RegExp, key = "Tab"): Promise<number> {
    const passed: string[] = [];
    for (let presses = 1; presses <= MOST_STOPS; presses += 1) {
      await this.page.keyboard.press(key);
      const is = await this.focused();
      const named = typeof name === "string" ? is.name === name : name.test(is.name);
      if (is.role === role && named) return presses;
      passed.push(`${is.role} "${is.name}"`);
    }
    throw new Error(`${key} does not lead to ${role} ${String(name)}, but to ${passed.join(", ")}`);
  }

  backTo(role: string, name: string | RegExp): Promise<number> {
    return this.tabTo(role, name, "Shift+Tab");
  }

  async #kept(key: string): Promise<void> {
    await expect
      .poll(() => this.page.evaluate(() => document.activeElement?.tagName), `focus after ${key}`)
      .not.toBe("BODY");
  }
}

const text = (of: { value?: unknown } | undefined): string =>
  typeof of?.value === "string" ? of.value : "";

interface Listener {
  readonly spoken: string[];
}

/** Runs in the page: keeps each new text of a live region that was there before its text. */
function listen(): void {
  const spoken: string[] = [];
  Object.assign(window, { spoken });
  const live =
    "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive], [aria-live=off]";
  const known = new Map<Element, string>();
  for (const region of document.querySelectorAll(live)) known.set(region, region.textContent);
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      const region = element?.closest(live);
      if (!region || region.getAttribute("aria-live") === "off") continue;
      const words = region.textContent.trim();
      const changed = known.get(region) !== words;
      known.set(region, words);
      if (changed && words !== "") spoken.push(words);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}
