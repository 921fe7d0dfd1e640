import { describe, expect, it } from 'vitest'
import { unifiedDiff } from './unified-diff.ts'

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('')
const NUMBERS = Array.from({ length: 20 }, (_, i) => String(i + 1))

/** What `diff -u` of GNU diffutils 3.8 prints of the same, without its first two lines. */
describe('a unified diff', () => {
  it.each([
    ['nothing', text('a'), text('a'), ''],
    ['a first line', '', text('a', 'b'), '@@ -0,0 +1,2 @@\n+a\n+b\n'],
    ['all of it', text('a'), '', '@@ -1 +0,0 @@\n-a\n'],
    ['a line', text('a', 'b', 'c'), text('a', 'x', 'c'), '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
    ['a line more', text('a', 'c'), text('a', 'b', 'c'), '@@ -1,2 +1,3 @@\n a\n+b\n c\n'],
  ])('of %s', (_, before, after, expected) => expect(unifiedDiff(before, after)).toBe(expected))

  it('has a hunk for each change that is far from the others', () => {
    const changed = NUMBERS.map((line) => (line === '2' || line === '18' ? `${line}!` : line))
    expect(unifiedDiff(text(...NUMBERS), text(...changed))).toBe(
      '@@ -1,5 +1,5 @@\n 1\n-2\n+2!\n 3\n 4\n 5\n@@ -15,6 +15,6 @@\n 15\n 16\n 17\n-18\n+18!\n 19\n 20\n',
    )
    const near = NUMBERS.map((line) => (line === '5' || line === '11' ? `${line}!` : line))
    expect(unifiedDiff(text(...NUMBERS), text(...near)).match(/@@ .* @@/g)).toEqual(['@@ -2,13 +2,13 @@'])
  })
})
