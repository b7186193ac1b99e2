// Files through the kernel: Voila serves none, and servers cut long messages off, so that they come in pieces.

/** The bytes of a file that `on_file` gives for these words, and the name it has there. */
async function filePieces(wire, words, type = "") {
  const pieces = [];
  let [have, size, name] = [0, 1, ""];
  while (have < size) {
    const answer = await wire.ask("file", { ...words, start: have });
    const bytes = Uint8Array.from(atob(answer.data), (sign) => sign.charCodeAt(0));
    if (!bytes.length) break;
    pieces.push(bytes);
    have += bytes.length;
    ({ size, name } = answer);
  }
  return { name, blob: new Blob(pieces, { type }) };
}

/** Ask where to save a file, or save it where this browser puts them; what goes wrong is said below the part. */
async function fileSaved(wire, words, type) {
  try {
    const { name, blob } = await filePieces(wire, words, type);
    const href = URL.createObjectURL(blob);
    el("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  } catch (error) {
    wire.say(error.message);
  }
}
