import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

export interface PdfText {
  readonly pages: number;
  /** All pages' words, without what lies between them: a PDF places glyphs and knows no spaces. */
  readonly text: string;
}

export async function readPdf(pdf: Buffer): Promise<PdfText> {
  const task = getDocument({ data: new Uint8Array(pdf) });
  const document = await task.promise;
  let text = "";
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    for (const item of items) if ("str" in item) text += item.str.replaceAll(/\s/g, "");
  }
  await task.destroy();
  return { pages: document.numPages, text };
}
