import { describe, expect, it } from 'vitest'
import { cost, defineChecks, example, faults, property } from '../kit/checks.ts'
import { schedulerGuest, SchedulerPlugin } from '../kit/scheduler-guest.ts'
import { node, pod } from '../kit/builders.ts'
import { nodeInfo } from '../kit/scheduler-guest.ts'
import type { Trial } from '../kit/trial.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Exercise } from './exercise.ts'
import { grade } from './grade.ts'
import type { Verdict } from './verdict.ts'

const codeOf = (plugin: SchedulerPlugin) => {
  plugin.update([nodeInfo(node('node-1'))])
  return plugin.cycle(pod('web')).filter['node-1']!.code
}

const checks = defineChecks(schedulerGuest(), [
  example('lets the Pod through', {
    hint: 'first',
    run: (trial) => trial.equal(codeOf(new SchedulerPlugin(trial)), 'Success', 'web was refused'),
  }),
  property('stays the same for every seed', {
    generate: (chance) => ({ items: chance.times(chance.between(3, 9), () => chance.int(100)) }),
    run(trial, { items }) {
      const code = codeOf(new SchedulerPlugin(trial))
      if (code === 'Wait' && items.some((item) => item > 50)) trial.fail({ message: `waits for ${items.join()}` })
    },
    shrink: { fixed: ['items'] },
  }),
  faults('survives', {
    generate: () => ({}),
    faults: () => [1, 2, 3],
    run(trial, _plan, fault) {
      if (codeOf(new SchedulerPlugin(trial)) === 'Skip' && fault === 2) trial.fail({ message: 'fault 2 was too much' })
    },
  }),
  cost('is cheap', { run: (trial) => void new SchedulerPlugin(trial) }),
])

const exercise: Exercise = { id: 'toy', version: 'v1', checks, limits: { fuelPerCall: 2_000_000 } }

async function gradeCode(code: string, change: Partial<Parameters<typeof grade>[0]> = {}): Promise<Verdict> {
  const engine = await loadEngineNode()
  const compiled = { code, diagnostics: [], runnable: true }
  return grade({ exercise, compiled, mode: 'submit', engine, seeds: 30, ...change })
}

const answering = (code: string) => `export default { filter() { return { code: '${code}', reasons: [] } } }`
const statuses = ({ checks: results }: Verdict) => results.map(({ status }) => status).join(' ')

describe('a verdict', () => {
  it.each([
    ['passes when every check does', answering('Success'), 'pass', 'pass pass pass pass'],
    ['fails when a rule is broken', answering('Wait'), 'fail', 'fail fail pass pass'],
    [
      'is an error when the learner’s code throws',
      `export default { filter() { throw new Error('oh') } }`,
      'error',
      'error error error pass',
    ],
    [
      'runs the other checks after one has run away',
      `let n = 0; export default { filter() { for (;;) n++ } }`,
      'error',
      'error error error pass',
    ],
    ['is an error when the module does not load', `throw new Error('no')`, 'error', 'skipped skipped skipped skipped'],
    [
      'is an error when an answer is no Status',
      `export default { filter: () => 42 }`,
      'error',
      'error error error pass',
    ],
  ])('%s', async (_, code, status, each) => {
    const verdict = await gradeCode(code)
    expect([verdict.status, statuses(verdict)]).toEqual([status, each])
  })

  it('is an error when all runs of a check together use too much, and says which budget, where and how much', async () => {
    const spinning = answering('Success').replace('return', 'for (let i = 0; i < 20_000; i++); return')
    const limits = { ...exercise.limits, checkFuel: 2_000_000 }
    const change = { exercise: { ...exercise, limits } }
    const { status, checks } = await gradeCode(spinning, change)
    expect([status, checks.map((check) => check.status).join(' ')]).toEqual(['error', 'pass error error pass'])
    const { budget, seeds, message, fuel } = checks[1]!
    expect(budget).toMatchObject({
      name: 'fuel of the check',
      limit: 2_000_000,
      unit: 'units',
      where: 'the cycle of Pod web',
    })
    expect(message).toMatch(/all runs of this check together/)
    expect(seeds!.tried).toBeGreaterThan(2)
    expect(fuel).toBeLessThan(4_000_000)
    expect((await gradeCode(spinning, change)).digest).toBe((await gradeCode(spinning, change)).digest)
    expect((await gradeCode(spinning)).status).toBe('pass')
  })

  it('runs the examples alone in mode run', async () => {
    expect(statuses(await gradeCode(answering('Wait'), { mode: 'run' }))).toBe('fail skipped skipped skipped')
  })

  it('does not start what the compiler refused, and says where', async () => {
    const diagnostics = [
      { line: 3, column: 1, code: 1, message: 'an enum cannot be erased', severity: 'syntax' as const },
    ]
    const verdict = await gradeCode('', { compiled: { code: '', diagnostics, runnable: false } })
    expect(verdict).toMatchObject({
      status: 'error',
      message: 'The file does not compile: line 3: an enum cannot be erased',
    })
  })

  it('calls a defect of a check internal, and asks for a report', async () => {
    const broken = defineChecks(schedulerGuest(), [example('broken', { run: () => void (undefined as any).field })])
    const verdict = await gradeCode(answering('Success'), { exercise: { ...exercise, checks: broken } })
    expect(verdict.status).toBe('internal')
    expect(verdict.checks[0]!.message).toMatch(/please report it/)
  })

  it('calls a finding that cannot be put in words internal, too', async () => {
    const run = (trial: Trial<any>) => trial.fail({ message: { key: 'grader.during', params: { what: 'it' } } })
    const broken = defineChecks(schedulerGuest(), [example('broken', { run })])
    const verdict = await gradeCode(answering('Success'), { exercise: { ...exercise, checks: broken } })
    expect(verdict.status).toBe('internal')
    expect(verdict.checks[0]!.message).toMatch(/needs the parameter "during".*please report it/)
  })

  it('names the line where the learner’s code threw', async () => {
    const {
      checks: [first],
    } = await gradeCode(`export default {\n  filter() {\n    throw new Error('oh')\n  }\n}`)
    expect(first).toMatchObject({ status: 'error', position: { line: 3 } })
    expect(first!.message).toMatch(/oh/)
  })

  it('shows the smallest case of the first failing seed', async () => {
    const verdict = await gradeCode(answering('Wait'))
    expect(verdict.checks[1]!.message).toMatch(/^waits for \d+$/)
    expect(verdict.checks[1]!.seeds!.failing).toBe(verdict.checks[1]!.seeds!.tried)
  })

  it('begins with the seed it is told', async () => {
    const { checks: results } = await gradeCode(answering('Wait'), { seed: 1000 })
    expect(results[1]!.seeds!.failing).toBeGreaterThanOrEqual(1000)
  })

  it('gives the check’s hint when it fails', async () => {
    const {
      checks: [first],
    } = await gradeCode(answering('Unschedulable'))
    expect(first).toMatchObject({ hint: 'first', expected: 'Success', actual: 'Unschedulable' })
  })

  it('has the same digest and fuel each time, and another digest for another outcome', async () => {
    const [a, b, c] = [
      await gradeCode(answering('Wait')),
      await gradeCode(answering('Wait')),
      await gradeCode(answering('Skip')),
    ]
    expect([a!.digest, a!.fuel]).toEqual([b!.digest, b!.fuel])
    expect(a!.digest).not.toBe(c!.digest)
  })

  it('does not count console output into the digest', async () => {
    const loud = answering('Success').replace('return', `console.log('hello'); return`)
    const [quiet, said] = [await gradeCode(answering('Success')), await gradeCode(loud)]
    expect(said.digest).toBe(quiet.digest)
    expect(said.console[0]).toMatchObject({ check: 'lets the Pod through', text: 'hello' })
  })
})
