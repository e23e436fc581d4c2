/** Tags of WMA: the objects of the header that hold them. */
import { putU64le, type ByteSource } from "../bytes";
import { partsSize, tidy } from "../parts";
import { isLoudnessName, replayGainTags } from "../loudness-tags";
import { Report } from "../report";
import type { TransplantOptions, TransplantResult } from "../types";
import { attributesIn, textAttribute, withAttributes } from "./attributes";
import {
  asfGuid,
  extensionContent,
  headerBytes,
  readAsfHeader,
  type AsfHeader,
  type AsfObject,
} from "./header";

const ofTags = new Set<string>([
  asfGuid.contentDescription,
  asfGuid.extendedContentDescription,
  asfGuid.contentBranding,
]);
const ofTagsInExtension = new Set<string>([
  asfGuid.metadata,
  asfGuid.metadataLibrary,
  asfGuid.languageList,
]);

/** What Windows Media Player measures of a song, to play all alike. */
const isLevel = (name: string): boolean => /^(averagelevel|peakvalue)$/i.test(name);
/** Tell of the old encoding. */
const isOutdated = (name: string): boolean =>
  /^(isvbr|vbr peak|vbrpeak|deviceconformancetemplate|asfleakybucketpairs|wm\/encodingsettings|wmfsdkversion|wmfsdkneeded)$/i.test(
    name,
  );

export function transplantAsf(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = readAsfHeader(source);
  if (from === null) return { kind: "refused", reason: "source-not-recognised" };
  const to = readAsfHeader(encoded);
  const outer = to?.objects.find(({ guid }) => guid === asfGuid.headerExtension);
  if (!to?.intact || to.extension === null || outer === undefined)
    return { kind: "refused", reason: "encoded-not-recognised" };

  const report = new Report(options);
  if (!from.intact) report.note("damaged-tag-trimmed");
  const tags = carried(from, from.objects, ofTags, report);
  const inExtension = carried(from, from.extension ?? [], ofTagsInExtension, report);
  const add = options.loudness ? replayGainTags(options.loudness) : [];
  const more = add.map(([name, text]) => textAttribute(name, text));
  const isExtended = ({ guid }: AsfObject) => guid === asfGuid.extendedContentDescription;
  const extended = tags.find(isExtended);
  const told = [...(extended ? attributesIn(extended)! : []).map(({ bytes }) => bytes), ...more];
  const extension = [
    ...to.extension.filter(({ guid }) => !ofTagsInExtension.has(guid)),
    ...inExtension,
  ];
  const objects = to.objects
    .filter(({ guid }) => !ofTags.has(guid))
    .map((object) =>
      object === outer
        ? { guid: object.guid, content: extensionContent(object.content, extension) }
        : object,
    );
  objects.push(...(more.length === 0 ? tags : tags.filter((object) => !isExtended(object))));
  if (more.length > 0) objects.push(withAttributes(asfGuid.extendedContentDescription, told));
  const size = partsSize([headerBytes(objects, to.reserved)]) + encoded.size - to.end;
  const header = headerBytes(
    objects.map((object) =>
      object.guid === asfGuid.fileProperties ? sized(object, size) : object,
    ),
    to.reserved,
  );
  return {
    kind: "done",
    parts: tidy([header, { from: "encoded", offset: to.end, length: encoded.size - to.end }]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}

/** Objects of these GUIDs, byte for byte where nothing in them is wrong now. */
function carried(
  { intact }: AsfHeader,
  objects: readonly AsfObject[],
  guids: ReadonlySet<string>,
  report: Report,
): AsfObject[] {
  return objects
    .filter(({ guid }) => guids.has(guid))
    .map((object) => {
      const attributes = attributesIn(object);
      if (attributes === null) return object;
      const kept = attributes.filter(({ name }) => {
        if (isLoudnessName(name) || isLevel(name)) report.removed.push(name);
        else if (isOutdated(name)) report.outdated.push(name);
        else return true;
        return false;
      });
      if (kept.length === attributes.length && intact) return object;
      return withAttributes(
        object.guid,
        kept.map(({ bytes }) => bytes),
      );
    });
}

/** File ID, then the size of the file (§3.2). */
function sized(object: AsfObject, size: number): AsfObject {
  const content = object.content.slice();
  putU64le(content, 16, size);
  return { guid: object.guid, content };
}
