/** Hands a text to the browser as a download. */
export function saveText(file: { name: string; type: string; text: string }): void {
  const url = URL.createObjectURL(new Blob([file.text], { type: file.type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download reads the URL after this task; a minute is ample and still lets memory go.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
