import * as z from "zod/mini";

/**
 * What there is to say about a setting, by its kind. The page draws a control from it, the
 * terminal an option with its help, and stored values are checked against it.
 *
 * No label may contain another's, nor the name of a button: people who speak to their computer,
 * and tests, find a control by a part of its name.
 */
interface Described {
  /** The control's name, without the unit. */
  readonly label: string;
  /** One or two sentences for the person who chooses. */
  readonly hint: string;
}

/** How a setting is given to the terminal's command: `--name`, or `--name PLACEHOLDER`. */
interface Flag {
  readonly name: string;
  /** For the list of options; range and default follow from the description. */
  readonly help: string;
}

interface FlagWithValue extends Flag {
  readonly placeholder: string;
}

/** A number within a range, ends included. */
export interface NumberDescription extends Described {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit: "LUFS" | "dBTP" | "LU" | "dB";
  readonly initial: number;
  readonly flag: FlagWithValue | null;
}

/** A whole number within a range, ends included. */
export interface CountDescription extends Described {
  readonly kind: "count";
  readonly min: number;
  readonly max: number;
  /** What null, the program's own choice, comes to; absent where there is no such choice. */
  readonly automatic?: string;
  readonly initial: number | null;
  readonly flag: FlagWithValue | null;
}

export interface ChoiceDescription<Value extends string> extends Described {
  readonly kind: "choice";
  /** Each value with its text, in the order shown. */
  readonly texts: Readonly<Record<Value, string>>;
  readonly initial: NoInfer<Value>;
  /** `offers`: the values that the terminal takes, where not all. */
  readonly flag: (FlagWithValue & { readonly offers?: readonly NoInfer<Value>[] }) | null;
}

export interface SwitchDescription extends Described {
  readonly kind: "switch";
  readonly initial: boolean;
  /** `sets`: what giving the flag turns the setting to. */
  readonly flag: (Flag & { readonly sets: boolean }) | null;
}

/** The id of a destination in presets.ts, or `custom`. */
export interface PresetDescription extends Described {
  readonly kind: "preset";
  readonly initial: string;
  readonly flag: null;
}

export type Description =
  | NumberDescription
  | CountDescription
  | ChoiceDescription<string>
  | SwitchDescription
  | PresetDescription;

type Given<D extends Description> = Omit<D, "kind">;

export const number = (given: Given<NumberDescription>): NumberDescription => ({
  kind: "number",
  ...given,
});

export const count = (
  given: Given<CountDescription> & { readonly initial: number; readonly automatic?: never },
): CountDescription & { readonly initial: number } => ({ kind: "count", ...given });

export const countOrAutomatic = (
  given: Given<CountDescription> & { readonly automatic: string },
): CountDescription => ({ kind: "count", ...given });

export const choice = <Value extends string>(
  given: Given<ChoiceDescription<Value>>,
): ChoiceDescription<Value> => ({ kind: "choice", ...given });

export const onOff = (given: Given<SwitchDescription>): SwitchDescription => ({
  kind: "switch",
  ...given,
});

export const preset = (given: Given<PresetDescription>): PresetDescription => ({
  kind: "preset",
  ...given,
});

/** In the order shown. */
export const valuesOf = <Value extends string>(description: ChoiceDescription<Value>) =>
  Object.keys(description.texts) as Value[];

/** The control's accessible name. */
export const labelOf = (description: Description): string =>
  description.kind === "number" ? `${description.label} (${description.unit})` : description.label;

/** What values of a setting are allowed. */
export function schemaOf(description: Description): z.ZodMiniType {
  switch (description.kind) {
    case "number":
      return z.number().check(z.gte(description.min), z.lte(description.max));
    case "count": {
      const whole = z.int().check(z.gte(description.min), z.lte(description.max));
      return description.automatic === undefined ? whole : z.nullable(whole);
    }
    case "choice":
      return z.enum(valuesOf(description));
    case "switch":
      return z.boolean();
    case "preset":
      return z.string().check(z.maxLength(40));
  }
}

/**
 * The number typed, `null` where nothing means automatic, `undefined` when it is not allowed. A level
 * counts down from full scale, so that 14 can only mean −14.
 */
export function readNumber(
  description: NumberDescription | CountDescription,
  typed: string,
): number | null | undefined {
  const text = typed.trim().replace("−", "-");
  const value = text === "" ? null : Number(text);
  const meant = value !== null && value > 0 && description.max <= 0 ? -value : value;
  return schemaOf(description).safeParse(meant).success ? meant : undefined;
}
