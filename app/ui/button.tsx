"use client";

import type { ComponentProps } from "react";
import { useIsReady } from "../session";

type Look = "strong" | "plain" | "quiet";

const looks: Record<Look, string> = {
  strong: "button button-strong",
  plain: "button button-plain",
  quiet: "button button-quiet",
};

/** A push button. Disabled until the session exists, so that no click is ever lost. */
export function Button({
  look = "plain",
  className = "",
  disabled = false,
  ...rest
}: ComponentProps<"button"> & { look?: Look }) {
  const ready = useIsReady();
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || !ready}
      className={`${looks[look]} ${className}`}
    />
  );
}
