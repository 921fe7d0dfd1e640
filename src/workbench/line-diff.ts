/**
 * The difference of two texts, line by line: the shortest list of lines taken out and put in (Myers' greedy algorithm).
 *
 * For the plain editor, where Monaco's own difference view is not loaded.
 */

export interface DiffLine {
  kind: 'same' | 'out' | 'in'
  text: string
  /** Line numbers from 1 in the old and the new text; absent where the line is not in it. */
  before?: number
  after?: number
}

/** Texts beyond this many differing lines are shown as "all out, all in" instead of being compared. */
const DIFFERENCES_MAX = 4_000

/** Lines of `before` and `after` in reading order, each marked as kept, taken out or put in. */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = splitLines(before)
  const fresh = splitLines(after)
  const steps = shortestEdit(old, fresh) ?? [...old.map(() => 'out' as const), ...fresh.map(() => 'in' as const)]
  let oldLine = 0
  let newLine = 0
  return steps.map((kind) => {
    if (kind === 'out') return { kind, text: old[oldLine]!, before: ++oldLine }
    if (kind === 'in') return { kind, text: fresh[newLine]!, after: ++newLine }
    return { kind, text: old[oldLine]!, before: ++oldLine, after: ++newLine }
  })
}

function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The furthest points reached after each number of differences; walking them backwards gives the path. */
function shortestEdit(old: readonly string[], fresh: readonly string[]): DiffLine['kind'][] | undefined {
  const most = Math.min(old.length + fresh.length, DIFFERENCES_MAX)
  const reached = new Map<number, number>([[1, 0]])
  const history: Map<number, number>[] = []
  for (let differences = 0; differences <= most; differences++) {
    history.push(new Map(reached))
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let x = isDownwards(reached, diagonal, differences) ? reached.get(diagonal + 1)! : reached.get(diagonal - 1)! + 1
      while (x < old.length && x - diagonal < fresh.length && old[x] === fresh[x - diagonal]) x++
      reached.set(diagonal, x)
      if (x >= old.length && x - diagonal >= fresh.length) return walkBack(history, old.length, fresh.length)
    }
  }
  return undefined
}

function isDownwards(reached: ReadonlyMap<number, number>, diagonal: number, differences: number): boolean {
  if (diagonal === -differences) return true
  return diagonal !== differences && (reached.get(diagonal - 1) ?? -1) < (reached.get(diagonal + 1) ?? -1)
}

function walkBack(history: readonly ReadonlyMap<number, number>[], oldEnd: number, newEnd: number): DiffLine['kind'][] {
  const steps: DiffLine['kind'][] = []
  let x = oldEnd
  let y = newEnd
  for (let differences = history.length - 1; differences >= 0; differences--) {
    const reached = history[differences]!
    const diagonal = x - y
    const down = isDownwards(reached, diagonal, differences)
    const fromX = reached.get(down ? diagonal + 1 : diagonal - 1) ?? 0
    const fromY = fromX - (down ? diagonal + 1 : diagonal - 1)
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      steps.push('same')
      x--
      y--
    }
    if (differences === 0) break
    steps.push(down ? 'in' : 'out')
    x = fromX
    y = fromY
  }
  return steps.reverse()
}

/** Long runs of equal lines folded away: `context` lines stay around each difference. */
export function foldSame(
  lines: readonly DiffLine[],
  context: number,
): (DiffLine | { kind: 'folded'; lines: number })[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => line.kind !== 'same'),
  )
  const folded: (DiffLine | { kind: 'folded'; lines: number })[] = []
  lines.forEach((line, index) => {
    if (near[index]) return folded.push(line)
    const last = folded.at(-1)
    if (last?.kind === 'folded') return last.lines++
    return folded.push({ kind: 'folded', lines: 1 })
  })
  return folded
}
