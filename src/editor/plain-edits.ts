/** What keys do in the plain editor, as pure edits of a text: indent, outdent, and a new line that keeps its place. */

export interface TextEdit {
  from: number
  to: number
  text: string
  /** The selection afterwards. */
  selectFrom: number
  selectTo: number
}

const INDENT = '  '

/** Where a line (counted from 1) begins and ends; a number beyond the text means the last line. */
export function lineSpan(text: string, line: number): { from: number; to: number } {
  let from = 0
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', from)
    if (next === -1) break
    from = next + 1
  }
  const end = text.indexOf('\n', from)
  return { from, to: end === -1 ? text.length : end }
}

function wholeLines(text: string, from: number, to: number) {
  const start = text.lastIndexOf('\n', from - 1) + 1
  // A selection that ends at the very beginning of a line does not mean that line.
  const last = to > from && text[to - 1] === '\n' ? to - 1 : to
  const end = text.indexOf('\n', last)
  return { start, end: end === -1 ? text.length : end }
}

/** Tab: two spaces at the cursor, or before every line of a selection. */
export function indentLines(text: string, from: number, to: number): TextEdit {
  if (!text.slice(from, to).includes('\n')) {
    const at = from + INDENT.length
    return { from, to, text: INDENT, selectFrom: at, selectTo: at }
  }
  const { start, end } = wholeLines(text, from, to)
  const lines = text.slice(start, end).split('\n')
  const indented = lines.map((line) => (line === '' ? line : INDENT + line)).join('\n')
  return { from: start, to: end, text: indented, selectFrom: start, selectTo: start + indented.length }
}

/** Shift+Tab: up to two spaces taken from before every line that the selection touches. */
export function outdentLines(text: string, from: number, to: number): TextEdit {
  const { start, end } = wholeLines(text, from, to)
  const lines = text.slice(start, end).split('\n')
  const outdented = lines.map((line) => line.replace(/^(\t| {1,2})/, ''))
  const joined = outdented.join('\n')
  if (from !== to) return { from: start, to: end, text: joined, selectFrom: start, selectTo: start + joined.length }
  const cursor = Math.max(start, from - (lines[0]!.length - outdented[0]!.length))
  return { from: start, to: end, text: joined, selectFrom: cursor, selectTo: cursor }
}

/** Enter: a new line with the indentation of the one before, one step deeper after an opening bracket. */
export function indentationAfter(text: string, from: number, to: number): TextEdit {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const before = text.slice(start, from)
  const kept = /^[ \t]*/.exec(before)![0]
  const opens = /[{[(]\s*$/.test(before)
  const closes = /^\s*[}\])]/.test(text.slice(to))
  const inserted = `\n${kept}${opens ? INDENT : ''}`
  const cursor = from + inserted.length
  return { from, to, text: opens && closes ? `${inserted}\n${kept}` : inserted, selectFrom: cursor, selectTo: cursor }
}
