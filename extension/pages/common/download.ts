/** Hands the reader a file, without any network or extra permission. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the blob by the next turn of a slow machine at the latest.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
