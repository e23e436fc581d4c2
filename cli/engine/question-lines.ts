import { strings } from "@/app/strings";
import type { Question } from "@/lib/session/session-state";

/** What will change on disk, as the page says it before it is done. */
export function questionLines(question: Question): string[] {
  if (question.kind === "delete-originals") {
    return [`Deleting the kept originals: ${question.songs}.`];
  }
  if (question.kind !== "replace-originals") return [];
  const { lines } = strings.question.replace;
  const { keepsOriginals, folders, otherKind, unneeded, unencoded } = question;
  return [
    keepsOriginals ? lines.kept(folders) : lines.notKept,
    ...(otherKind > 0 ? [lines.otherKind(otherKind)] : []),
    ...(unneeded > 0 ? [lines.unneeded(unneeded)] : []),
    ...(unencoded > 0 ? [lines.unencoded(unencoded)] : []),
  ];
}
