/**
 * What changed from one text to another, as `diff -u` prints it.
 *
 * What we leave out: diff's own choice where several smallest changes are possible; ours is the one that keeps lines as early
 * as they can stand.
 * Where to read upstream: POSIX `diff`, "Diff Unified Output Format".
 */

/** Lines around a change. */
const CONTEXT = 3

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The hunks, each from its `@@` on; empty where the texts are equal. */
export function unifiedDiff(before: string, after: string): string {
  const lines = compare(linesOf(before), linesOf(after))
  const changed = lines.flatMap(({ sign }, i) => (sign === ' ' ? [] : [i]))
  const spans: [from: number, to: number][] = []
  for (const at of changed) {
    const last = spans.at(-1)
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(lines.length, at + CONTEXT + 1)]
    if (last && from <= last[1]) last[1] = to
    else spans.push([from, to])
  }
  return spans.map(([from, to]) => hunk(lines, from, to)).join('')
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function hunk(lines: readonly Line[], from: number, to: number): string {
  const range = (other: Line['sign']): string => {
    const skipped = lines.slice(0, from).filter(({ sign }) => sign !== other).length
    const count = lines.slice(from, to).filter(({ sign }) => sign !== other).length
    return count === 1 ? `${skipped + 1}` : `${count === 0 ? skipped : skipped + 1},${count}`
  }
  const body = lines.slice(from, to).map(({ sign, text }) => `${sign}${text}\n`)
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`
}

/** By the longest common subsequence of what is left between the equal ends. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let [end, afterEnd] = [before.length, after.length]
  while (end > start && afterEnd > start && before[end - 1] === after[afterEnd - 1]) [end, afterEnd] = [end - 1, afterEnd - 1] // prettier-ignore
  const same = (text: string): Line => ({ sign: ' ', text })
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, end), after.slice(start, afterEnd)),
    ...before.slice(end).map(same),
  ]
}

function middle(before: readonly string[], after: readonly string[]): Line[] {
  // common[i][j]: how many lines the rests from i and from j have in common.
  const common = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i]![j] =
        before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i]! })
      i++
      j++
    } else if (i < before.length && (j === after.length || common[i + 1]![j]! >= common[i]![j + 1]!))
      lines.push({ sign: '-', text: before[i++]! })
    else lines.push({ sign: '+', text: after[j++]! })
  }
  return lines
}
