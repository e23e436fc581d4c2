"use client";

import { useId, useState, type ReactNode } from "react";
import { useIsReady } from "../session";

/**
 * Labelled native controls. The label's text is exactly the control's name; hints are attached as
 * descriptions, so that they are read after the name and do not become part of it.
 */

export const FIELD = "grid min-w-0 content-start gap-0.75";
export const LABEL = "text-xs whitespace-nowrap text-muted";

interface Common {
  readonly label: string;
  readonly hint: string;
  /** Shows the hint to people who see; screen readers get it as the description. */
  readonly onHint?: ((hint: string | null) => void) | undefined;
  readonly className?: string | undefined;
}

function hintHandlers(hint: string, onHint: Common["onHint"]) {
  return {
    onFocus: () => onHint?.(hint),
    onBlur: () => onHint?.(null),
    onPointerEnter: () => onHint?.(hint),
    onPointerLeave: () => onHint?.(null),
  };
}

function Hint({ id, children }: { id: string; children: ReactNode }) {
  return (
    <span id={id} hidden>
      {children}
    </span>
  );
}

export interface Option<V extends string> {
  readonly value: V;
  readonly text: string;
  readonly disabled?: boolean;
}

export interface OptionGroup<V extends string> {
  readonly name: string;
  readonly options: readonly Option<V>[];
}

export function SelectField<V extends string>({
  label,
  hint,
  onHint,
  className = "",
  value,
  options,
  groups = [],
  onChange,
}: Common & {
  value: V;
  options: readonly Option<V>[];
  groups?: readonly OptionGroup<V>[];
  onChange: (value: V) => void;
}) {
  const id = useId();
  const ready = useIsReady();
  const option = ({ value, text, disabled }: Option<V>) => (
    <option key={value} value={value} disabled={disabled}>
      {text}
    </option>
  );
  return (
    <div className={`${FIELD} ${className}`} {...hintHandlers(hint, onHint)}>
      <label htmlFor={id} className={LABEL}>
        {label}
      </label>
      <select
        id={id}
        className="control"
        value={value}
        disabled={!ready}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value as V)}
      >
        {groups.map((group) => (
          <optgroup key={group.name} label={group.name}>
            {group.options.map(option)}
          </optgroup>
        ))}
        {options.map(option)}
      </select>
      <Hint id={`${id}-hint`}>{hint}</Hint>
    </div>
  );
}

/**
 * While it has the focus the field keeps what was typed, letter for letter, and hands on each
 * value that is allowed. On leaving it shows the setting again, unless what was typed is not
 * allowed: that waits, with the range beside it. So it does when the setting changes otherwise.
 */
export function NumberField({
  label,
  hint,
  onHint,
  className = "",
  value,
  range,
  rangeText,
  read,
  placeholder,
  onChange,
}: Common & {
  value: number | null;
  range: { readonly min: number; readonly max: number; readonly step: number };
  /** Shown while what was typed is not allowed: the range, and what holds until then. */
  rangeText: string;
  /** The number typed, null for none; undefined when it is not allowed. */
  read: (text: string) => number | null | undefined;
  placeholder?: string | undefined;
  onChange: (value: number | null) => void;
}) {
  const id = useId();
  const ready = useIsReady();
  const [typing, setTyping] = useState<{ text: string; setting: number | null } | null>(null);
  const typed = typing !== null && typing.setting === value ? typing.text : null;
  const wrong = typed !== null && read(typed) === undefined;
  const handlers = hintHandlers(hint, onHint);
  return (
    <div
      className={`${FIELD} ${className}`}
      onPointerEnter={handlers.onPointerEnter}
      onPointerLeave={handlers.onPointerLeave}
    >
      <label htmlFor={id} className={LABEL}>
        {label}
      </label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        className="control"
        {...range}
        value={typed ?? (value === null ? "" : String(value))}
        placeholder={placeholder}
        disabled={!ready}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-range` : `${id}-hint`}
        onFocus={(event) => {
          if (!wrong) setTyping({ text: event.target.value, setting: value });
          handlers.onFocus();
        }}
        onBlur={() => {
          // What is not allowed stays to be mended, with what is.
          if (!wrong) setTyping(null);
          handlers.onBlur();
        }}
        onChange={(event) => {
          const text = event.target.value;
          // A number field hands out "" for text that is no number at all, such as a lone minus.
          const number = text === "" && event.target.validity.badInput ? undefined : read(text);
          setTyping({ text, setting: number === undefined ? value : number });
          if (number !== undefined && number !== value) onChange(number);
        }}
      />
      {wrong && (
        <span id={`${id}-range`} className="text-red text-xs">
          {rangeText}
        </span>
      )}
      <Hint id={`${id}-hint`}>{hint}</Hint>
    </div>
  );
}

export function CheckField({
  label,
  hint,
  onHint,
  className = "",
  checked,
  onChange,
}: Common & { checked: boolean; onChange: (checked: boolean) => void }) {
  const id = useId();
  const ready = useIsReady();
  return (
    <div className={`check ${className}`} {...hintHandlers(hint, onHint)}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={!ready}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <Hint id={`${id}-hint`}>{hint}</Hint>
    </div>
  );
}
