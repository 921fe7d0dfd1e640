import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, foldSame } from './line-diff.ts'

const sign = { same: ' ', out: '-', in: '+' }
const print = (before: string, after: string) => diffLines(before, after).map((line) => sign[line.kind] + line.text)

describe('the difference of two texts', () => {
  it.each([
    ['equal texts', 'a\nb\n', 'a\nb\n', [' a', ' b']],
    ['a line put in', 'a\nc', 'a\nb\nc', [' a', '+b', ' c']],
    ['a line taken out', 'a\nb\nc', 'a\nc', [' a', '-b', ' c']],
    ['a line changed', 'a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
    ['nothing before', '', 'a\nb', ['+a', '+b']],
    ['nothing after', 'a\nb', '', ['-a', '-b']],
    ['both empty', '', '', []],
    ['only the line ends differ', 'a\r\nb', 'a\nb\n', [' a', ' b']],
  ])('%s', (_, before, after, printed) => {
    expect(print(before, after)).toEqual(printed)
  })

  it('always gives back both texts, and never takes more lines than needed', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 14 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before.join('\n') + '\n', after.join('\n') + '\n')
        const keep = (kind: 'out' | 'in') => lines.filter((line) => line.kind === kind || line.kind === 'same')
        const given = (list: string[]) => (list.length === 0 ? [''] : list)
        expect(keep('out').map((line) => line.text)).toEqual(given(before))
        expect(keep('in').map((line) => line.text)).toEqual(given(after))
        const same = lines.filter((line) => line.kind === 'same').length
        expect(same).toBe(longestCommon(given(before), given(after)))
      }),
    )
  })
})

function longestCommon(left: string[], right: string[]): number {
  let row = right.map(() => 0)
  for (const item of left) {
    const next: number[] = []
    right.forEach((other, index) => {
      next.push(item === other ? (row[index - 1] ?? 0) + 1 : Math.max(row[index] ?? 0, next[index - 1] ?? 0))
    })
    row = next
  }
  return row.at(-1) ?? 0
}

it('folds long stretches of equal lines and keeps some around each difference', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng'
  const folded = foldSame(diffLines(before, before.replace('g', 'x')), 2)
  expect(folded.map((line) => (line.kind === 'folded' ? line.lines : line.text))).toEqual([4, 'e', 'f', 'g', 'x'])
})
