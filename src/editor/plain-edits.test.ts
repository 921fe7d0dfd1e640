import { describe, expect, it } from 'vitest'
import { type TextEdit, indentLines, indentationAfter, lineSpan, outdentLines } from './plain-edits.ts'

/** Texts with the selection drawn in: `a[b]c`, or `a|c` for a bare cursor. */
function press(edit: (text: string, from: number, to: number) => TextEdit, drawn: string): string {
  const from = drawn.search(/[|[]/)
  const isCursor = drawn[from] === '|'
  const to = isCursor ? from : drawn.indexOf(']') - 1
  const text = isCursor ? drawn.replace('|', '') : drawn.replace('[', '').replace(']', '')
  const { from: start, to: end, text: put, selectFrom, selectTo } = edit(text, from, to)
  const after = text.slice(0, start) + put + text.slice(end)
  if (selectFrom === selectTo) return `${after.slice(0, selectFrom)}|${after.slice(selectFrom)}`
  return `${after.slice(0, selectFrom)}[${after.slice(selectFrom, selectTo)}]${after.slice(selectTo)}`
}

describe('Tab', () => {
  it.each([
    ['puts two spaces at the cursor', 'a|b', 'a  |b'],
    ['replaces a selection within a line', 'a[b]c', 'a  |c'],
    ['indents every line of a selection', 'a[b\nc]d\ne', '[  ab\n  cd]\ne'],
    ['leaves empty lines empty', '[a\n\nb]', '[  a\n\n  b]'],
    ['does not reach into a line it only touches', '[a\nb\n]c', '[  a\n  b]\nc'],
  ])('%s', (_, before, after) => {
    expect(press(indentLines, before)).toBe(after)
  })
})

describe('Shift+Tab', () => {
  it.each([
    ['takes two spaces from the cursor’s line', 'x\n    a|b', 'x\n  a|b'],
    ['takes one where there is one', ' a|', 'a|'],
    ['takes a tab character', '\ta|', 'a|'],
    ['leaves the cursor on its line', 'x\n  |a', 'x\n|a'],
    ['works on every line of a selection', '[  a\n    b\nc]', '[a\n  b\nc]'],
  ])('%s', (_, before, after) => {
    expect(press(outdentLines, before)).toBe(after)
  })
})

describe('Enter', () => {
  it.each([
    ['keeps the indentation', '  a|', '  a\n  |'],
    ['goes deeper after an opening bracket', 'f({|', 'f({\n  |'],
    ['puts the closing bracket on a line of its own', '  f({|})', '  f({\n    |\n  })'],
    ['replaces the selection', '  a[b]', '  a\n  |'],
  ])('%s', (_, before, after) => {
    expect(press(indentationAfter, before)).toBe(after)
  })
})

describe('the span of a line', () => {
  it.each([
    [1, 'one'],
    [2, ''],
    [3, 'three'],
    [9, 'three'],
  ])('%d is “%s”', (line, text) => {
    const source = 'one\n\nthree'
    const { from, to } = lineSpan(source, line)
    expect(source.slice(from, to)).toBe(text)
  })
})
