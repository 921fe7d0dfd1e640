import { describe, expect, it } from 'vitest'
import type { Check } from '../kit/checks.ts'
import { defineChecks, example } from '../kit/checks.ts'
import { schedulerGuest } from '../kit/scheduler-guest.ts'
import type { Authored, LintOptions } from './lint.ts'
import { lintExercise, wordsIn } from './lint.ts'

const none = () => {}
const words = (count: number) => 'word '.repeat(count)
const hints = ['one', 'two', 'three'].map((key) => `## ${key}: Which ${key}?\n\nThat one.\n`).join('\n')
const checks: Check[] = ['one', 'two', 'three'].map((hint) => example(`check ${hint}`, { hint, run: none, stage: 's' }))

const named = { 'check one': 'uno', 'check two': 'dos', 'check three': 'tres' }

const sound: Authored = {
  id: 'toy',
  name: '01-a/01-toy',
  matter: { section: 'a', summary: 'Do it.', concepts: ['x'], estimate: 10, stages: ['s'] },
  files: {
    'task.mdx': `---\nid: toy\n---\n${words(100)}`,
    'hints.mdx': hints,
    'starter.ts': '// TODO',
    'wrong/a.ts': '// check: check one\n// hint: one\n// Counts twice.\n// es: Cuenta dos veces.\nexport default {}\n',
    'task.es.mdx': '---\nid: toy\n---\nHazlo.',
    'hints.es.mdx': hints,
  },
  checks: defineChecks(schedulerGuest(), checks),
}
const options: LintOptions = { languages: ['es'], prerequisites: new Map([['toy', []]]) }

const lint = (change: Partial<Authored>, more: Partial<LintOptions> = {}): string[] =>
  lintExercise({ ...sound, ...change }, { ...options, ...more }).map(
    ({ rule, file, message }) => `${rule} ${file.replace('exercises/01-a/01-toy/', '')}: ${message}`,
  )
const withFile = (file: string, text: string | undefined): Partial<Authored> => {
  const { [file]: _, ...rest } = sound.files
  return { files: text === undefined ? rest : { ...rest, [file]: text } }
}
const withChecks = (more: readonly Check[], texts?: any): Partial<Authored> => ({
  checks: defineChecks(schedulerGuest(), [...checks, ...more], texts),
})

describe('the lint of an exercise', () => {
  it('has nothing to say about a sound one', () => {
    expect(lint({})).toEqual([])
  })

  it.each<[string, string[], string]>([
    ['an id in capitals', lint({ id: 'Toy' }), 'CW1001 task.mdx: the id "Toy" must be lower-case words'],
    [
      'a folder of another name',
      lint({ name: '01-a/01-game' }),
      'CW1001 exercises/01-a/01-game/task.mdx: the folder is "01-game"',
    ],
    [
      'a prerequisite that is not there',
      lint({}, { prerequisites: new Map([['toy', ['other']]]) }),
      'CW1002 task.mdx: the prerequisite "other" is no exercise of this course',
    ],
    [
      'prerequisites in a ring',
      lint({}, { prerequisites: new Map(Object.entries({ toy: ['b'], b: ['c'], c: ['d', 'toy'], d: ['c'] })) }),
      'CW1002 task.mdx: the prerequisites lead back to the exercise: toy → b → c → toy; remove one of them',
    ],
    ['no summary', lint({ matter: { ...sound.matter, summary: '' } }), 'CW1003 task.mdx: add "summary"'],
    ['no minutes', lint({ matter: { ...sound.matter, estimate: '10' } }), 'CW1003 task.mdx: add "estimate"'],
    [
      'a stage without a check',
      lint({ matter: { ...sound.matter, stages: ['s', 'late'] } }),
      "CW1004 checks.ts: no check has stage: 'late'",
    ],
    [
      'a check of an unknown stage',
      lint(withChecks([example('more', { run: none, stage: 'x' })])),
      'CW1004 checks.ts: "more" has the stage "x"',
    ],
    [
      'two hints',
      lint(withFile('hints.mdx', hints.slice(0, hints.indexOf('## three')))),
      'CW1005 hints.mdx: there are 2',
    ],
    [
      'a hint without a key',
      lint(withFile('hints.mdx', `${hints}\n## Why?\n\nSo.`)),
      'CW1005 hints.mdx: a section has no key',
    ],
    [
      'an empty hint',
      lint(withFile('hints.mdx', `${hints}\n## one: Why?\n`)),
      'CW1005 hints.mdx: the hint "one" is empty',
    ],
    [
      'a hint that nothing leads to',
      lint(withFile('hints.mdx', `${hints}\n## four: Why?\n\nSo.`)),
      'CW1005 hints.mdx: nothing leads to the hint "four"',
    ],
    [
      'a check whose hint is not there',
      lint(withChecks([example('more', { run: none, hint: 'five' })])),
      'CW1005 checks.ts: "more" names the hint "five"',
    ],
    ['a long task', lint(withFile('task.mdx', words(300))), 'CW1006 task.mdx: the task has 300 words'],
    ['no task to speak of', lint(withFile('task.mdx', words(9))), 'CW1006 task.mdx: the task has 9 words'],
    ['no Spanish task', lint(withFile('task.es.mdx', undefined)), 'CW1007 task.mdx: there is no task.es.mdx'],
    [
      'a Spanish task of another id',
      lint(withFile('task.es.mdx', '---\nid: x\n---\n')),
      'CW1007 task.es.mdx: has the id "x"',
    ],
    [
      'other hints in Spanish',
      lint(withFile('hints.es.mdx', '## one: ¿?\n\nSí.')),
      'CW1007 hints.es.mdx: has the hints one, but',
    ],
    [
      'texts that lack Spanish',
      lint(withChecks([], { en: { a: 'A' }, es: {}, names: named })),
      'CW1007 checks.ts: the text "a" is missing in es',
    ],
    [
      'a check that lacks a Spanish name',
      lint(withChecks([], { en: {}, es: {}, names: { 'check one': 'uno', 'check two': 'dos' } })),
      'CW1007 checks.ts: the check "check three" has no name in Spanish',
    ],
    [
      'a Spanish name of no check',
      lint(
        withChecks([], {
          en: {},
          es: {},
          names: { ...named, 'check four': 'cuatro' },
        }),
      ),
      'CW1007 checks.ts: `names` has "check four", which is no check',
    ],
    [
      'a mistake that lacks Spanish',
      lint(withFile('wrong/a.ts', '// check: check one\n// hint: one\n// Counts twice.\n')),
      'CW1007 wrong/a.ts: what it gets wrong is not said in Spanish',
    ],
    [
      'a wrong solution without a head',
      lint(withFile('wrong/a.ts', 'export default {}')),
      'CW1008 wrong/a.ts: does not say which',
    ],
    [
      'a wrong solution that names no check of ours',
      lint(withFile('wrong/a.ts', '// check: nothing\n// hint: one\n// Bad.\n// es: Mal.\n')),
      'CW1008 wrong/a.ts: names the check "nothing", which does not exist: there is "check one", "check two"',
    ],
    [
      'a wrong solution that misspells a check',
      lint(withFile('wrong/a.ts', '// check: check ones\n// hint: one\n// Bad.\n// es: Mal.\n')),
      'CW1008 wrong/a.ts: names the check "check ones", which does not exist: did you mean "check one"?',
    ],
    [
      'a wrong solution that names no hint of ours',
      lint(withFile('wrong/a.ts', '// check: check one\n// hint: ones\n// Bad.\n// es: Mal.\n')),
      'CW1008 wrong/a.ts: names the hint "ones", which hints.mdx does not have: did you mean "one"?',
    ],
    ['two holes', lint(withFile('starter.ts', '// TODO\n// TODO')), 'CW1009 starter.ts: has 2 TODO marks'],
  ])('complains of %s', (_, found, complaint) => {
    expect(found.filter((line) => line.startsWith(complaint))).toHaveLength(1)
  })

  it('says which line is meant, where it is a line', () => {
    const lines = (change: Partial<Authored>) => lintExercise({ ...sound, ...change }, options).map(({ line }) => line)
    expect(lines({ id: 'Toy', ...withFile('task.es.mdx', '---\nid: Toy\n---') })).toEqual([2])
    expect(lines(withFile('hints.mdx', `${hints}\n## four: Why?\n\nSo.`)).at(0)).toBe(hints.split('\n').length + 1)
    expect(
      lines(withFile('wrong/a.ts', '// check: check one\n// check: nothing\n// hint: one\n// Bad.\n// es: Mal.\n')),
    ).toEqual([2])
    expect(lines(withFile('task.mdx', words(300)))).toEqual([undefined])
  })

  it('asks for Spanish only where the course speaks it', () => {
    expect(lint(withFile('task.es.mdx', undefined), { languages: [] })).toEqual([])
  })

  it('counts words of prose, not code, marks or front matter', () => {
    expect(wordsIn('---\nid: a b c\n---\nOne **two** `three` — four.\n\n```ts\nconst five = 5\n```\n')).toBe(4)
  })
})
