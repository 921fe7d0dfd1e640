import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, pod } from '../kit/builders.ts'
import type { Check } from '../kit/checks.ts'
import { defineChecks, example } from '../kit/checks.ts'
import { nodeInfo, SchedulerPlugin, schedulerGuest } from '../kit/scheduler-guest.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { jobsOf, judgeWhole, prove } from './prove.ts'

const base = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(base, { recursive: true }))
let folders = 0

const answering = (code: string) => `export default { filter: () => ({ code: '${code}', reasons: ['because'] }) }\n`
const check = (name: string, wanted: string, hint: string): Check =>
  example(name, {
    hint,
    run(trial) {
      const plugin = new SchedulerPlugin(trial)
      plugin.update([nodeInfo(node('node-1'))])
      trial.equal(plugin.cycle(pod('web')).filter['node-1']?.code, wanted, `wanted ${wanted}`)
    },
  })

/** A sound exercise, with some of its files replaced. */
function complaintsOf(
  files: Record<string, string> = {},
  checks = [check('says Unschedulable', 'Unschedulable', 'words')],
) {
  const path = join(base, String(++folders))
  mkdirSync(join(path, 'wrong'), { recursive: true })
  const sound: Record<string, string> = {
    'solution.ts': answering('Unschedulable'),
    'starter.ts': `// TODO\n${answering('Success')}`,
    'hints.mdx': '## words: Which word?\n\nLook it up.\n',
    'wrong/success.ts': `// check: says Unschedulable\n// hint: words\n${answering('Success')}`,
  }
  for (const [name, text] of Object.entries({ ...sound, ...files })) writeFileSync(join(path, name), text)
  const folder: ExerciseFolder = { id: 'toy', title: 'Toy', section: 'H6', estimate: 1, path, name: 'toy' }
  const exercise = { id: 'toy', version: 'v', checks: defineChecks(schedulerGuest(), checks), limits: {} }
  const jobs = jobsOf(folder).filter(({ kind }) => kind !== 'hostile')
  return loadEngineNode().then((engine) => {
    const results = jobs.map((job) => prove(job, { folder, exercise, engine, seeds: 2 }))
    return [...results.flatMap(({ complaints }) => complaints), ...judgeWhole(exercise, results)].join('\n')
  })
}

describe('the proof of an exercise', () => {
  it('has nothing to say about a sound one', async () => {
    expect(await complaintsOf()).toBe('')
  })

  it.each([
    [
      'a solution that fails',
      { 'solution.ts': answering('Wait') },
      /^solution\.ts must pass, but ends as fail: "says Unschedulable"/,
    ],
    [
      'a solution with a type error',
      { 'solution.ts': `const x: number = 'a'\n${answering('Unschedulable')}` },
      /^solution\.ts:1 does not compile cleanly/,
    ],
    [
      'a starter that passes',
      { 'starter.ts': `// TODO\n${answering('Unschedulable')}` },
      /^starter\.ts must fail with feedback, but ends as pass/,
    ],
    [
      'a starter that crashes',
      { 'starter.ts': `// TODO\nthrow new Error('oh')\nexport default {}\n` },
      /^starter\.ts must fail with feedback, but ends as error/,
    ],
    [
      'a wrong solution that passes',
      { 'wrong/right.ts': `// check: says Unschedulable\n// hint: words\n${answering('Unschedulable')}` },
      /wrong\/right\.ts ends as pass\nwrong\/right\.ts is not caught by "says Unschedulable" \(pass\)/,
    ],
    [
      'a wrong solution that gets another hint',
      { 'wrong/x.ts': `// check: says Unschedulable\n// hint: other\n${answering('Success')}` },
      /gives the hint "words", not "other"/,
    ],
  ])('complains of %s', async (_, files, complaint) => {
    expect(await complaintsOf(files)).toMatch(complaint)
  })

  it('names a hint that is given by several checks once', async () => {
    const two = ['one', 'two'].map((name) => check(name, 'Unschedulable', 'words'))
    const wrong = `// check: one\n// check: two\n// hint: other\n${answering('Success')}`
    expect(await complaintsOf({ 'wrong/success.ts': wrong }, two)).toBe(
      'wrong/success.ts gives the hint "words", not "other"',
    )
  })

  it('says of a wrong solution that meets a broken check that much and no more', async () => {
    const broken = example('breaks', {
      hint: 'words',
      run: () => {
        throw new TypeError('no such thing')
      },
    })
    const wrong = `// check: breaks\n// hint: other\n${answering('Success')}`
    const complaints = (await complaintsOf({ 'wrong/success.ts': wrong }, [broken])).split('\n')
    expect(complaints[0]).toMatch(/^solution\.ts must pass, but ends as internal: .*no such thing/)
    expect(complaints.filter((line) => line.startsWith('wrong/'))).toEqual([
      'wrong/success.ts meets a check that breaks down: mend checks.ts first',
    ])
  })

  it('complains of a check that catches nobody', async () => {
    const idle = check('says something', 'Unschedulable', 'words')
    expect(await complaintsOf({}, [check('says Unschedulable', 'Unschedulable', 'words'), idle])).toBe(
      'check "says something" is failed by no wrong solution: write one, or drop the check',
    )
  })

  it('complains of checks that let a hostile submission pass', async () => {
    const engine = await loadEngineNode()
    const blind = defineChecks(schedulerGuest(), [example('blind', { run: (trial) => void trial.start() })])
    const exercise = { id: 'toy', version: 'v', checks: blind, limits: {} }
    const folder: ExerciseFolder = { id: 'toy', title: 'Toy', section: 'H6', estimate: 1, path: base, name: 'toy' }
    const { complaints } = prove({ kind: 'hostile', name: 'wrong type' }, { folder, exercise, engine, seeds: 1 })
    expect(complaints).toEqual(['hostile submission "wrong type" ends as pass: '])
  })
})
