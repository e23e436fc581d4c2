import { strings } from "@/app/strings";
import type { Question } from "@/lib/session/session-state";

/** What will change on disk, as the page says it before it is done. */
export function questionLines(question: Question): string[] {
  switch (question.kind) {
    case "replace-originals": {
      const { lines } = strings.question.replace;
      const { keepsOriginals, folders, otherKind, unneeded, unencoded } = question;
      return [
        keepsOriginals ? lines.kept(folders) : lines.notKept,
        ...(otherKind > 0 ? [lines.otherKind(otherKind)] : []),
        ...(unneeded > 0 ? [lines.unneeded(unneeded)] : []),
        ...(unencoded > 0 ? [lines.unencoded(unencoded)] : []),
      ];
    }
    case "delete-originals":
      return [`Deleting the kept originals: ${question.songs}.`];
    case "again":
    case "forget-batch":
    case "restore-doubtful":
      return [];
  }
}
