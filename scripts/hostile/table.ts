/** Holds what came of the hostile programs against what must, and counts it by class. */
import { isDeepStrictEqual } from 'node:util'
import type { HostileClass, HostileProgram } from '#grader/sandbox/hostile/program.ts'
import type { Ending } from '#grader/sandbox/run-program.ts'
import type { SandboxRow, SubmissionRow } from './attempts.ts'
import { HANG } from './work-off.ts'
import type { Entry } from './work-off.ts'

/** What came of one program, in each host and when handed in. */
export interface Tried {
  readonly node: Entry<SandboxRow>
  readonly chromium: Entry<SandboxRow>
  /** Absent where there is no Firefox. */
  readonly firefox?: Entry<SandboxRow>
  readonly handedIn: Entry<SubmissionRow>
}

export interface ClassCount {
  readonly name: string
  readonly programs: number
  /** Outcomes in the sandbox by kind, and verdicts of the graders by status. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly verdicts: Readonly<Record<string, number>>
  readonly escapes: number
  readonly hangs: number
  /** How many had the same fuel, outcome and output in all hosts. */
  readonly equal: number
  /** All that is not as it must be, a line each. */
  readonly problems: readonly string[]
}

const rowOf = <Row>(entry: Entry<Row>): Row | undefined => ('row' in entry ? entry.row : undefined)

/** `undisturbed`: what the honest program that comes after each must come to. */
export function countClass(
  { name, programs }: HostileClass,
  triedOf: (program: HostileProgram) => Tried,
  undisturbed: Ending,
): ClassCount {
  const outcomes: Record<string, number> = {}
  const verdicts: Record<string, number> = {}
  const problems: string[] = []
  const count = { escapes: 0, hangs: 0, equal: 0 }
  const add = (counts: Record<string, number>, kind: string) => void (counts[kind] = (counts[kind] ?? 0) + 1)
  for (const program of programs) {
    const tried = triedOf(program)
    const { node, handedIn, ...others } = tried
    const say = (what: string) => void problems.push(`${name} / ${program.name}: ${what}`)
    for (const [where, entry] of Object.entries(tried) as [string, Entry<unknown>][]) {
      if (!('lost' in entry)) continue
      if (entry.lost === HANG) count.hangs++
      say(`${entry.lost} (${where})`)
    }
    const alone = Object.entries({ node, ...others })
    const escapes = [
      ...alone.flatMap(([where, entry]) =>
        escapesOf(program, rowOf(entry), undisturbed).map((what) => `${what} (${where})`),
      ),
      ...passesOf(rowOf(handedIn)),
    ]
    if (escapes.length > 0) count.escapes++
    for (const escape of escapes) say(escape)
    const here = rowOf(node)
    if (here) {
      add(outcomes, here.outcome.ok ? 'ok' : here.outcome.kind)
      const otherwise = otherThanExpected(program, here)
      if (otherwise) say(otherwise)
      const differing = Object.entries(others).filter(([, entry]) => !isDeepStrictEqual(rowOf(entry), here))
      if (differing.length === 0) count.equal++
      for (const [where, entry] of differing) {
        const there = rowOf(entry)
        if (there) say(`in ${where} not as in Node: ${differences(here, there)}`)
      }
    }
    for (const { status } of rowOf(handedIn)?.verdicts ?? []) add(verdicts, status)
  }
  return { name, programs: programs.length, outcomes, verdicts, ...count, problems }
}

/** A result that nobody should have, a host that is not as it was, a next run that is disturbed. */
function escapesOf(program: HostileProgram, row: SandboxRow | undefined, undisturbed: Ending): string[] {
  if (!row) return []
  const { outcome, next, changed } = row
  const isForeign = outcome.ok && !(program.outcome === 'ok' && isDeepStrictEqual(outcome.value, program.value))
  return [
    ...(isForeign ? [`ESCAPES: it has the result ${JSON.stringify(outcome.value)?.slice(0, 200)}`] : []),
    ...changed.map((place) => `ESCAPES: it has changed ${place} of the host`),
    ...(isDeepStrictEqual(next, undisturbed) ? [] : ['ESCAPES: the honest program after it runs otherwise']),
  ]
}

/** Which fields of two rows differ, with what they are. */
function differences(here: SandboxRow, there: SandboxRow): string {
  const fields = Object.keys({ ...here, ...there }) as (keyof SandboxRow)[]
  const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 200) ?? 'nothing'
  return fields
    .filter((field) => !isDeepStrictEqual(here[field], there[field]))
    .map((field) => `${field} is ${show(there[field])} instead of ${show(here[field])}`)
    .join('; ')
}

function passesOf(row: SubmissionRow | undefined): string[] {
  if (!row) return []
  const passes = row.verdicts
    .filter(({ status }) => status === 'pass')
    .map(({ exercise }) => `ESCAPES: passes ${exercise}`)
  const internal = row.verdicts.filter(({ status }) => status === 'internal')
  return [
    ...passes,
    ...internal.map(({ exercise }) => `ESCAPES: breaks the grader of ${exercise}: its verdict is internal`),
    ...row.changed.map((place) => `ESCAPES: handed in, it has changed ${place} of the host`),
  ]
}

function otherThanExpected(program: HostileProgram, { outcome }: SandboxRow): string | undefined {
  const found = outcome.ok ? 'ok' : outcome.kind
  return found === program.outcome ? undefined : `ends as ${found}, and must end as ${program.outcome}`
}

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const kinds = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')

function sumOf(counts: readonly ClassCount[]): ClassCount {
  const merged = (of: (count: ClassCount) => Readonly<Record<string, number>>) => {
    const sum: Record<string, number> = {}
    for (const count of counts)
      for (const [kind, value] of Object.entries(of(count))) sum[kind] = (sum[kind] ?? 0) + value
    return sum
  }
  const total = (of: (count: ClassCount) => number) => counts.reduce((sum, count) => sum + of(count), 0)
  return {
    name: 'all',
    programs: total(({ programs }) => programs),
    outcomes: merged(({ outcomes }) => outcomes),
    verdicts: merged(({ verdicts }) => verdicts),
    escapes: total(({ escapes }) => escapes),
    hangs: total(({ hangs }) => hangs),
    equal: total(({ equal }) => equal),
    problems: counts.flatMap(({ problems }) => problems),
  }
}

/** The table as text, and whether all is well. */
export function printTable(counts: readonly ClassCount[]): { text: string; ok: boolean } {
  const all = sumOf(counts)
  const heads = ['class', 'submissions', 'verdicts', 'in the sandbox', 'escapes', 'hangs', 'fuel equal']
  const cells = [...counts, all].map((count) => [
    count.name,
    String(count.programs),
    kinds(count.verdicts),
    kinds(count.outcomes),
    String(count.escapes),
    String(count.hangs),
    count.equal === count.programs ? `all ${count.equal}` : `${count.equal} of ${count.programs}`,
  ])
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  const rows = cells.map(line)
  const text = [line(heads), rule, ...rows.slice(0, -1), rule, rows.at(-1)!].join('\n')
  return { text, ok: all.problems.length === 0 && all.equal === all.programs && all.programs > 0 }
}
