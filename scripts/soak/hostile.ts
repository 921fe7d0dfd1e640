/**
 * Submissions that nobody would write, one per seed, handed in to every exercise: every function answers with junk that is
 * shaped a little like an answer, and calls its host with more of it. None may pass, none may break a check of ours
 * (`internal`), and the grader may not throw.
 */
import { findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { grade } from '#grader/verdict/grade.ts'
import { chance } from '../soak.ts'
import type { Soak } from '../soak.ts'

const limits = { fuelPerCall: 300_000, fuel: 2_000_000, memoryBytes: 10 << 20 }

/** Words that an answer of some exercise has, names that a host might trip over, and text that is no word at all. */
const KEYS =
  'code reasons nodeNames requeueAfterMs cniVersion ips address gateway error msg kind metadata name namespace labels spec status replicas ownerReferences controller uid resourceVersion generation finalizers deletionTimestamp containers resources requests matchLabels matchExpressions key operator values live preconditions propagationPolicy items __proto__ constructor toString valueOf then length toJSON hasOwnProperty'.split(
    ' ',
  )
const TEXTS = [
  ...['', 'Success', 'Unschedulable', 'UnschedulableAndUnresolvable', 'Skip', 'Insufficient cpu', 'Pod', 'ReplicaSet'],
  ...[
    'Node',
    'default',
    'web',
    'default/web',
    '1',
    '-1',
    '1.1.0',
    '10.244.1.2',
    '10.244.1.2/24',
    'fd00::1/64',
    '::',
    '/',
  ],
  ...['__proto__', 'constructor', 'a'.repeat(300), '\ud800', '\u0000', '\u202e', '1e999', '100m', '1Gi', 'In', 'v1'],
]
const NUMBERS = '0 -0 1 -1 0.5 7 100 4294967296 9007199254740992 1e21 1e300 -1e300 5e-324'.split(' ')

/** One source text of an expression. */
function junk(below: (n: number) => number, depth = 0): string {
  const pick = (from: readonly string[]) => from[below(from.length)]!
  const inner = () => junk(below, depth + 1)
  const many = () => Array.from({ length: below(4) }, inner).join(', ')
  const fields = () => Array.from({ length: below(5) }, () => `[${JSON.stringify(pick(KEYS))}]: ${inner()}`).join(', ')
  const leaves = [
    () => JSON.stringify(pick(TEXTS)),
    () => JSON.stringify(pick(TEXTS)),
    () => pick(NUMBERS),
    () => pick(['null', 'undefined', 'true', 'false', 'NaN', '[]', '{}']),
    () => pick(['given[0]', 'given[1]', 'given[2]', 'given[0]?.ipam', 'given[1]?.metadata', 'kept']),
    () => 'await hosted()',
  ]
  const branches = [
    () => `{ ${fields()} }`,
    () => `{ ${fields()} }`,
    () => `[${many()}]`,
    () => `({ ...given[${below(3)}], ${fields()} })`,
    () => `Object.assign([${many()}], { every: () => true, [Symbol.iterator]: function* () { yield ${inner()} } })`,
    () => `new Proxy({}, { get: (t, k) => (k === 'then' ? undefined : ${pick(NUMBERS)}) })`,
    () => `{ get ${pick(['code', 'ips', 'error', 'reasons'])}() { return n++ % 2 ? "Success" : [] }, ${fields()} }`,
    () => `Array(${below(3) * 700}).fill(${JSON.stringify(pick(TEXTS))})`,
    () => `JSON.parse(JSON.stringify(${JSON.stringify(pick(TEXTS))}))`,
  ]
  const from = depth > 3 ? leaves : [...leaves, ...branches, ...branches]
  return from[below(from.length)]!()
}

/** A submission whose every function does a few things with junk and answers with some. */
function submissionOf(seed: number): string {
  const below = chance(seed)
  const isAsync = below(3) > 0
  const acts = Array.from({ length: below(5) }, () => {
    const args = Array.from({ length: 1 + below(3) }, () => junk(below, 1)).join(', ')
    return `try { kept = await hosted(${args}) } catch (error) { kept = error }`
  })
  const body = `${acts.join('\n  ')}
  if (n++ % ${1 + below(6)} === 0) return ${junk(below)}
  return ${junk(below)}`
  const text = isAsync ? body : body.replaceAll('await ', '')
  return `let n = 0, kept
const act = ${isAsync ? 'async ' : ''}(...given) => {
  const host = [given[1], given.at(-1)].find((one) => one && Object.values(one).some((f) => typeof f === 'function')) ?? {}
  const methods = Object.values(host).filter((f) => typeof f === 'function')
  const hosted = (...args) => methods.length ? methods[n++ % methods.length](...args) : args[0]
  ${text}
}
export default new Proxy({}, { get: (t, key) => (typeof key === 'symbol' || key === 'then' ? undefined : act) })
`
}

const ready = Promise.all([loadEngineNode(), Promise.all(findExercises().map(loadExercise))])

export default {
  name: 'hostile',
  seeds: 500,
  async run(seed) {
    const [engine, exercises] = await ready
    const compiled = { code: submissionOf(seed), diagnostics: [], runnable: true }
    for (const exercise of exercises) {
      const verdict = grade({ exercise: { ...exercise, limits }, compiled, mode: 'submit', engine, seeds: 1 })
      if (verdict.status === 'pass') return `passes ${exercise.id}:\n${compiled.code}`
      const broken = verdict.checks.find(({ status }) => status === 'internal')
      if (broken) return `breaks "${broken.name}" of ${exercise.id}: ${broken.message}\n${compiled.code}`
    }
    return undefined
  },
} satisfies Soak
