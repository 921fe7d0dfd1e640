/** What is planted must be counted: a table that says 0 because it cannot count is worse than none. */
import { describe, expect, it } from 'vitest'
import type { HostileProgram } from '#grader/sandbox/hostile/program.ts'
import type { Ending } from '#grader/sandbox/run-program.ts'
import type { SandboxRow, SubmissionRow } from './attempts.ts'
import { countClass, printTable } from './table.ts'
import type { Tried } from './table.ts'
import { HANG } from './work-off.ts'

const program: HostileProgram = { name: 'one', code: '', outcome: 'ok', value: 1 }
const next: Ending = { outcome: { ok: true, value: 'next' }, fuel: 7, console: [] }
const good: SandboxRow = { name: 'one', fuel: 5, outcome: { ok: true, value: 1 }, lines: 0, next, changed: [] }
const failed: SubmissionRow = { name: 'one', verdicts: [{ exercise: 'a', status: 'fail' }], changed: [] }

const count = (changes: { [Host in keyof Tried]?: Partial<SandboxRow & SubmissionRow> | { lost: string } }) => {
  const entry = <Row>(row: Row, change: object = {}) =>
    'lost' in change ? (change as { lost: string }) : { row: { ...row, ...change } }
  const tried = {
    node: entry(good, changes.node),
    chromium: entry(good, changes.chromium ?? changes.node),
    handedIn: entry(failed, changes.handedIn),
  }
  return countClass({ name: 'a class', programs: [program] }, () => tried, next)
}

it('where all is as it must be, nothing is counted and the table says so', () => {
  const { text, ok } = printTable([count({})])
  expect(ok).toBe(true)
  expect(text.split('\n').slice(0, 3)).toEqual([
    'class    submissions  verdicts  in the sandbox  escapes  hangs  fuel equal',
    '───────  ───────────  ────────  ──────────────  ───────  ─────  ──────────',
    'a class  1            1 fail    1 ok            0        0      all 1',
  ])
})

describe('what is counted', () => {
  it.each([
    [
      'a result that nobody should have',
      { node: { outcome: { ok: true, value: 'process' } as const } },
      'escapes',
      /result "process"/,
    ],
    [
      'a host that is not as it was',
      { node: { changed: ['Object.prototype'] } },
      'escapes',
      /changed Object\.prototype/,
    ],
    ['an honest program that runs otherwise', { node: { next: { ...next, fuel: 8 } } }, 'escapes', /honest program/],
    [
      'a host that is not as it was, in Chromium alone',
      { chromium: { changed: ['JSON'] } },
      'escapes',
      /changed JSON of the host \(chromium\)/,
    ],
    [
      'a submission that passes',
      { handedIn: { verdicts: [{ exercise: 'a', status: 'pass' as const }] } },
      'escapes',
      /passes a/,
    ],
    [
      'a grader that breaks',
      { handedIn: { verdicts: [{ exercise: 'a', status: 'internal' as const }] } },
      'escapes',
      /breaks the grader/,
    ],
    ['a host changed by a submission', { handedIn: { changed: ['JSON'] } }, 'escapes', /changed JSON/],
    ['a hang in Node', { node: { lost: HANG }, chromium: {} }, 'hangs', /hangs \(node\)/],
    ['a hang in Chromium', { chromium: { lost: HANG } }, 'hangs', /hangs \(chromium\)/],
    ['a hang when handed in', { handedIn: { lost: HANG } }, 'hangs', /hangs \(handedIn\)/],
  ] as const)('%s', (_name, changes, column, problem) => {
    const counted = count(changes)
    expect(counted).toMatchObject({ escapes: 0, hangs: 0, [column]: 1 })
    expect(counted.problems.join('\n')).toMatch(problem)
    expect(printTable([counted]).ok).toBe(false)
  })

  it.each([
    ['other fuel in Chromium', { chromium: { fuel: 6 } }, /in chromium not as in Node: fuel is 6 instead of 5/],
    [
      'another outcome than the one it must have',
      { node: { outcome: { ok: false, kind: 'engine', message: '' } as const } },
      /ends as engine/,
    ],
    ['a worker that broke down', { node: { lost: 'broke down' }, chromium: {} }, /broke down \(node\)/],
  ] as const)('%s is a problem, too', (_name, changes, problem) => {
    const counted = count(changes)
    expect(counted).toMatchObject({ escapes: 0, hangs: 0 })
    expect(counted.problems.join('\n')).toMatch(problem)
    expect(printTable([counted]).ok).toBe(false)
  })

  it('nothing at all', () => {
    expect(printTable([]).ok).toBe(false)
  })
})
