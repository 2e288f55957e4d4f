// Reads a file of the corpus: documents, each below a line `#~ NAME`.

/**
 * The documents of a file with their names. `⟦U+FEFF⟧` in a document stands for that character: what editors
 * would swallow is written so.
 */
export function documentsOf(text, rule) {
  const documents = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#~ ')) documents.push({ rule, name: line.slice(3).trim(), lines: [] });
    else if (documents.length > 0) documents[documents.length - 1].lines.push(line);
    else if (line.trim() !== '') throw new Error(`${rule}: '${line}' stands before the first name`);
  }
  return documents.map(({ name, lines }) => ({ rule, name, text: unescape(trimmed(lines).join('\n')) }));
}

/** Without the empty lines that part documents. */
function trimmed(lines) {
  let end = lines.length;
  while (end > 0 && lines[end - 1].trim() === '') end -= 1;
  return lines.slice(0, end);
}

function unescape(text) {
  return text.replace(/⟦U\+([0-9A-F]{4,6})⟧/g, (_, digits) => String.fromCodePoint(parseInt(digits, 16)));
}
