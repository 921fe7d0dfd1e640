import { describe, expect, it } from 'vitest'
import { defineTests } from '../kit/learner-tests.ts'
import { compileNode } from '../sandbox/compile-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Exercise } from './exercise.ts'
import { testsInLanguage } from './in-language.ts'
import { judgeTests } from './judge-tests.ts'
import type { Solutions } from './tests-verdict.ts'

/** An exercise in which a number is doubled. */
const tests = defineTests<{ given: number; expect: number }>({
  guest: { adapter: 'export default (learner) => ({ double: (n) => learner(n) })' },
  threshold: 2,
  beyond: ['slow'],
  read: (given) => {
    given.only('name', 'given', 'expect')
    return { given: given.at('given').whole(-9, 99), expect: given.at('expect').whole(-99, 999) }
  },
  run(trial, { given, expect: expected }) {
    trial.equal(trial.call(trial.start(), 'double', [given]), expected, `double of ${given}`)
  },
})

const exercise: Exercise = {
  ...{ id: 'double', version: 'v', limits: { fuelPerCall: 200_000, memoryBytes: 12 << 20 } },
  checks: { guest: tests.guest, checks: [] },
}

const wrong = (name: string, code: string) => ({ name, code, text: { en: name, es: `${name}, mal` }, hint: 'double' })
const solutions: Solutions = {
  solution: 'export default (n) => n * 2',
  // The task does not say what becomes of negative numbers.
  accepted: ['export default (n) => Math.abs(n) * 2'],
  wrong: [
    wrong('adds two', 'export default (n) => n + 2'),
    wrong('endless', 'export default (n) => { while (n > 50); return n * 2 }'),
    wrong('slow', 'export default (n) => n * 2'),
    wrong('squares', 'export default (n) => n * n'),
  ],
}

const engine = await loadEngineNode()
const compile = (source: string) => compileNode(source, { fileName: 'main.ts', types: {}, checksTypes: false })
const judge = (source: string, mine?: string) =>
  judgeTests({
    ...{ exercise, tests, solutions, engine, compiled: compile(source) },
    ...(mine !== undefined && { mine: compile(mine) }),
  })
const list = (...examples: object[]) => `export default ${JSON.stringify(examples)}`

const three = { name: 'three', given: 3, expect: 6 }
const large = { name: 'large', given: 60, expect: 120 }

describe('a learner’s tests', () => {
  it('pass when all are right and enough wrong solutions are caught', () => {
    const verdict = judge(list(three, large))
    expect(verdict).toMatchObject({ status: 'pass', possible: 3, threshold: 2, uncaught: [] })
    expect(verdict.examples.map(({ status, catches }) => [status, catches])).toEqual([
      ['accepted', 2],
      ['accepted', 1],
    ])
    expect(verdict.caught.map(({ text, by }) => `${text.en}: ${by}`)).toEqual([
      'adds two: three',
      'endless: large',
      'squares: three',
    ])
  })

  it('name no mistake that is not caught, only the hint that helps', () => {
    const verdict = judge(list({ name: 'two', given: 2, expect: 4 }))
    expect(verdict).toMatchObject({ status: 'fail', caught: [], uncaught: [{ hint: 'double', count: 3 }] })
    expect(verdict.message).toBe('All examples are right. They catch 0 of 3 wrong solutions; 2 more are asked for.')
    expect(JSON.stringify(verdict)).not.toMatch(/adds two|squares|endless/)
  })

  it('are told what the solution does where they are wrong, and catch nobody there', () => {
    const verdict = judge(list({ name: 'three', given: 3, expect: 9 }))
    expect(verdict.status).toBe('fail')
    expect(verdict.examples[0]).toMatchObject({ status: 'wrong', expected: '9', actual: '6', catches: 0 })
    expect(verdict.caught).toEqual([])
  })

  it('must not ask for what the task leaves open', () => {
    expect(judge(list({ name: 'minus one', given: -1, expect: -2 })).examples[0]!.status).toBe('too-strict')
  })

  it.each([
    [{ name: 'x', given: 3 }, 'In example “x”, expect is missing: write a whole number from -99 to 999.'],
    [{ name: 'x', given: '3', expect: 6 }, 'In example “x”, given is "3": write a whole number from -9 to 99.'],
    [
      { name: 'x', gives: 3, expect: 6 },
      'In example “x”, gives is 3: there is no such field; there are name, given, expect.',
    ],
    [{ given: 3, expect: 6 }, 'In example “#1”, name is missing: write a text that is not empty.'],
    [
      { ...three, expect: { __proto__: null } },
      'In example “three”, expect is {}: write a whole number from -99 to 999.',
    ],
  ])('%j is malformed', (example, message) => {
    const verdict = judge(list(example))
    expect(verdict.status).toBe('error')
    expect(verdict.examples[0]).toMatchObject({ status: 'malformed', message })
  })

  it('need names of their own', () => {
    expect(judge(list(three, three)).examples[1]).toMatchObject({
      status: 'malformed',
      message: 'In example “#2”, name is "three": give it a name that no other example has.',
    })
  })

  it.each([
    ['export default []', 'fail', 'There is no example yet: write the first one.'],
    ['export default { examples: [] }', 'error', /no list of examples/],
    ['export default Array(51).fill({})', 'error', /There are 51 examples; at most 50/],
    [
      'export default () => { for (;;); }',
      'error',
      /The tests do not load: Stopped near line 1: one call used more than/,
    ],
    ['for (;;);\nexport default []', 'error', /The tests do not load: Stopped near line 1/],
    ['export default () => "x".repeat(1e9)', 'error', /The tests do not load/],
    ['export default [{ get name() { throw new Error("no") } }]', 'error', /The tests do not load: .*no/],
    ['const x = ;', 'error', /does not compile: line 1/],
    ['export const examples = []', 'error', /Nothing is exported by default/],
  ])('%s', (source, status, message) => {
    const verdict = judge(source)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
    expect(verdict.caught).toEqual([])
  })

  it('name the budget that ran out', () => {
    expect(judge('export default () => { for (;;); }').budget).toMatchObject({ name: 'fuel per call', limit: 200_000 })
  })

  it('cannot be forged: a list that is something else by the time it is run, a verdict in its place', () => {
    const forged = `export default () => {
      Array.isArray = () => true
      JSON.stringify = () => '[]'
      Object.prototype.status = 'pass'
      return { status: 'pass', examples: [], caught: [1, 2, 3], length: 1, 0: ${JSON.stringify(three)} }
    }`
    expect(judge(forged).status).toBe('error')
    const toJson = `export default [{ ...${JSON.stringify(three)}, toJSON: () => (${JSON.stringify({ ...three, expect: 7 })}) }]`
    expect(judge(toJson).status).not.toBe('pass')
  })

  it('have the same digest each time, whatever the fuel', () => {
    const [first, second] = [judge(list(three, large)), judge(list(three, large))]
    expect(first.digest).toBe(second.digest)
    expect(first.fuel).toBe(second.fuel)
    expect(judge(list(three)).digest).not.toBe(first.digest)
  })
})

describe('against the learner’s own code', () => {
  it('says example by example what it does', () => {
    const verdict = judge(list(three, { name: 'two', given: 2, expect: 4 }), 'export default (n) => n * n')
    expect(verdict).toMatchObject({ against: 'mine', status: 'fail', caught: [], uncaught: [] })
    expect(verdict.examples.map(({ mine }) => mine?.status)).toEqual(['fail', 'pass'])
    expect(verdict.examples[0]!.mine).toMatchObject({ expected: '6', actual: '9' })
  })

  it('is not blamed for a wrong example', () => {
    const verdict = judge(list({ name: 'three', given: 3, expect: 9 }), 'export default (n) => n * 2')
    expect(verdict.examples[0]).toMatchObject({ status: 'wrong' })
    expect(verdict.examples[0]!.mine).toBeUndefined()
  })

  it('passes, or cannot run at all', () => {
    expect(judge(list(three), 'export default (n) => n + n').status).toBe('pass')
    expect(judge(list(three), 'const x = ;')).toMatchObject({ status: 'error' })
    const thrown = judge(list(three), 'export default () => { throw new Error("not yet") }').examples[0]!.mine
    expect(thrown).toMatchObject({ status: 'error', message: expect.stringContaining('not yet') })
  })
})

it('a verdict is told in Spanish, and its digest stays', () => {
  const verdict = judge(list(three, { name: 'x', given: 3 }))
  const told = testsInLanguage(verdict, { locale: 'es' })
  expect(told.message).toBe('Un ejemplo no se puede leer.')
  expect(told.examples[1]!.message).toBe(
    'En el ejemplo «x», expect es inexistente: escribe un número entero de -99 a 999.',
  )
  expect(told.digest).toBe(verdict.digest)
})
