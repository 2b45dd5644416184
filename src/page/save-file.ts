/** Has the browser download a file. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has what it needs as soon as it has begun, which a task later it has.
  setTimeout(() => URL.revokeObjectURL(address));
}
