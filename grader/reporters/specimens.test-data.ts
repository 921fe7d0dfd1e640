/**
 * Verdicts of every kind, as the grader really gives them, over an exercise of three lines: for golden texts and validators.
 * What the grader gives only when something is broken is a real verdict with its statuses changed.
 *
 * Golden texts are told of verdicts that were recorded, in `testdata/verdicts.json`. To record them anew:
 * `RECORD_VERDICTS=1 npx vitest run --project=unit grader/reporters/reporters.test.ts`, and then once more with `-u`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, pod } from '../kit/builders.ts'
import { defineChecks, example, property } from '../kit/checks.ts'
import { nodeInfo, SchedulerPlugin, schedulerGuest } from '../kit/scheduler-guest.ts'
import { compileNode } from '../sandbox/compile-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { textsOf } from '../verdict/exercise.ts'
import { grade } from '../verdict/grade.ts'
import { defineTexts } from '../verdict/say.ts'
import type { CheckResult, Verdict } from '../verdict/verdict.ts'
import type { Graded } from './reporter.ts'

const { texts, say } = defineTexts({
  en: { wanted: 'Pod {pod} wanted an answer other than {code}.', praised: 'Short and clear.' },
  es: { wanted: 'El Pod {pod} esperaba una respuesta distinta de {code}.', praised: 'Breve y claro.' },
})

const asks = (name: string) => (trial: ConstructorParameters<typeof SchedulerPlugin>[0]) => {
  const plugin = new SchedulerPlugin(trial)
  plugin.update([nodeInfo(node('node-1'))])
  const answer = plugin.cycle(pod(name)).filter['node-1']?.code
  trial.equal(answer, name === 'web' ? 'Success' : 'Unschedulable', say('wanted', { pod: name, code: String(answer) }))
}

const exercise: Exercise = {
  id: 'toy',
  version: 'v1',
  limits: { fuelPerCall: 1_000_000 },
  checks: {
    ...defineChecks(schedulerGuest(), [
      example('a Pod that fits is let through', { hint: 'fit', weight: 2, praise: say('praised'), run: asks('web') }),
      property('a Pod that does not fit is kept out', {
        hint: 'fit',
        generate: (_chance, seed) => ({ name: `big-${seed}` }),
        run: (trial, { name }) => asks(name)(trial),
      }),
      example('nothing is logged for a small Pod', { advisory: true, weight: 0, run: asks('small') }),
    ]),
    texts,
  },
  misconceptions: [
    {
      name: 'all-pass',
      text: { en: 'every Pod is let through.', es: 'se deja pasar a todos los Pods.' },
      hint: 'fit',
      failed: ['a Pod that does not fit is kept out', 'nothing is logged for a small Pod'],
    },
  ],
}

const HINTS: Readonly<Record<string, string>> = { fit: 'Does it fit?\n\nCompare what is *asked* with what is free.' }

const filter = (body: string): string =>
  `export default {\n  filter(state: unknown, pod: any) {\n    ${body}\n  },\n}\n`
const name = 'pod.metadata.name'

const SOURCES = {
  pass: filter(`return { code: ${name} === 'web' ? 'Success' : 'Unschedulable', reasons: ['no room'] }`),
  fail: filter(`console.log('seen', ${name})\n    return { code: 'Success' }`),
  advice: filter(
    `const unused: number = 'one'\n    return { code: /^(web|small)$/.test(${name}) ? 'Success' : 'Unschedulable', reasons: ['no'] }`,
  ),
  crash: filter(`throw new Error(\`no \${${name}}\`)`),
  budget: filter('for (;;) {}'),
  refused: 'export default {\n  filter( {{{\n}\n',
  unloadable: `console.warn('about to break')\nthrow new TypeError('not today')\nexport default {}\n`,
}

const FILE = join(import.meta.dirname, 'testdata', 'verdicts.json')

type Recorded = Record<string, Pick<Graded, 'verdict' | 'source'>>

const withContext = (one: Recorded[string]): Graded => ({
  ...one,
  file: 'class/alice.ts',
  texts: textsOf(exercise),
  hint: (key) => HINTS[key],
})

export const recorded = (): Record<string, Graded> =>
  Object.fromEntries(
    Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Recorded).map(([kind, one]) => [kind, withContext(one)]),
  )

function record(graded: Record<string, Graded>): void {
  const entries = Object.entries(graded).map(([kind, { verdict, source }]) => [
    kind,
    { verdict: named(verdict), source },
  ])
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`)
}

/** By what is special about them. */
export async function gradedNow(): Promise<Record<string, Graded>> {
  const engine = await loadEngineNode()
  const gradedAs = (source: string, more: Partial<Parameters<typeof grade>[0]> = {}): Graded => {
    const compiled = compileNode(source, { fileName: 'main.ts', types: {} })
    const verdict = grade({ exercise, compiled, engine, mode: 'submit', seeds: 3, ...more })
    return withContext({ verdict, source })
  }
  const all = Object.fromEntries(Object.entries(SOURCES).map(([key, source]) => [key, gradedAs(source)]))
  const partial = gradedAs(SOURCES.fail, { credit: 'partial' })
  const examples = gradedAs(SOURCES.pass, { mode: 'run' })
  const graded = { ...all, partial, examples, ...broken(all['fail']!) }
  if (process.env['RECORD_VERDICTS']) record(graded)
  return graded
}

/** What changes with every version of the engine, golden texts should not show. */
const named = (verdict: Verdict): Verdict => ({
  ...verdict,
  engine: 'clusterwright-test',
  digest: 'abcdef0123456789'.repeat(4),
  fuel: 1_234_567,
  checks: verdict.checks.map((check) => ({ ...check, fuel: 1234 })),
})

function broken(fail: Graded): Record<string, Graded> {
  const changed = (change: Partial<Verdict>, check: Partial<CheckResult>, bare = true): Graded => ({
    ...fail,
    verdict: {
      ...fail.verdict,
      ...change,
      feedback: [],
      checks: fail.verdict.checks.map((one, index) =>
        index === 1 ? { ...(bare ? bareOf(one) : one), ...check } : one,
      ),
    },
  })
  const { score: _score, ...unscored } = fail.verdict
  const broke = 'The check itself broke down on seed 1. This is not your mistake: please report it.'
  const internal = changed({}, { status: 'internal', message: broke })
  return {
    internal: {
      ...internal,
      verdict: { ...unscored, checks: internal.verdict.checks, status: 'internal', feedback: [] },
    },
    inconclusive: changed(
      { status: 'inconclusive' },
      { status: 'inconclusive', message: 'The budget of 100 schedules was spent after 12 of 40 points.' },
    ),
    story: changed({}, STORY, false),
  }
}

/** Without what was found by comparing. */
function bareOf(check: CheckResult): CheckResult {
  const { expected: _expected, actual: _actual, said: _said, seeds: _seeds, difference: _difference, ...rest } = check
  return rest
}

const STORY: Partial<CheckResult> = {
  object: { kind: 'Pod', namespace: 'default', name: 'big-1' },
  at: { tick: 12, atMicros: 2_500_000 },
  difference: [{ path: 'status.replicas', expected: 3 }],
  faults: [
    { kind: 'fault', text: 'the answer to the second call is lost', atMicros: 1_000_000 },
    { kind: 'step', text: 'Pod big-1 is created' },
  ],
  divergence: {
    kind: 'order',
    message: 'Without the fault the node hears of it first.',
    said: { key: 'praised' },
    events: [],
  },
  story: {
    lanes: [
      { name: 'scheduler', entries: [{ atMicros: 1_000_000, label: 'binds big-1', tone: 'plain', mark: 1 }] },
      { name: 'node-1', entries: [{ atMicros: 2_500_000, label: 'overfilled', tone: 'bad', mark: 2 }] },
      { name: 'idle', entries: [] },
    ],
  },
  replay: {
    check: 'a Pod that does not fit is kept out',
    seed: 1,
    plan: { name: 'big-1' },
    tick: 12,
    atMicros: 2_500_000,
  },
}
