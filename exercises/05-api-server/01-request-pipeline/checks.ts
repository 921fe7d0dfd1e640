/** Checks of `request-pipeline`: examples of each gate, the reference on any server, and parts that are out of order. */
import {
  defineChecks,
  differential,
  example,
  faults,
  property,
  type FaultPlan,
  type TellLine,
  type Trial,
} from 'clusterwright/kit'
import {
  type Case,
  type PluginCase,
  pipelineCase,
  type SeveralCase,
  severalCase,
  TOKENS,
  usual,
  VERBS,
} from './cases.ts'
import { livesOn, type ServerPlan, serverPlan, serverWorld, tellServer } from './in-the-server.ts'
import { judge, judgeSeveral } from './judge.ts'
import { PIPELINE, run } from './server.ts'
import { say, texts } from './texts.ts'

const shown = (...cases: Case[]) => ({
  run(trial: Trial<any>): void {
    for (const plan of cases) judge(trial, plan)
  },
})

const limits: PluginCase = { name: 'LimitRanger', sets: 'silver' }
const team: PluginCase = { name: 'team-webhook', sets: 'gold' }
const quota: PluginCase = { name: 'ResourceQuota', refuses: 403, unless: 'gold' }
const policy: PluginCase = { name: 'policy', sets: 'bronze' }

const pluginInWords = ({ name, sets, refuses, unless }: PluginCase): string =>
  [name, sets && `tier=${sets}`, refuses && `✗ ${refuses}`, unless && `(tier ≠ ${unless})`].filter(Boolean).join(' ')

function tellCase({ verb, token, allowed, exists, dryRun, mutating, validating, schema }: Case): TellLine[] {
  const steps = [
    say('step.request', {
      ...{ verb, token },
      ...{
        allowed: say(allowed ? 'yes' : 'no'),
        exists: say(exists ? 'yes' : 'no'),
        dry: say(dryRun ? 'dry' : 'nothing'),
      },
    }),
    ...(mutating.length > 0 ? [say('step.mutating', { what: mutating.map(pluginInWords).join(' · ') })] : []),
    ...(schema === undefined ? [] : [say('step.schema', { what: schema })]),
    ...(validating.length > 0 ? [say('step.validating', { what: validating.map(pluginInWords).join(' · ') })] : []),
  ]
  return steps.map((what): TellLine => ({ kind: 'step', what }))
}

const SHRINK = { fixed: ['verb', 'token', 'allowed', 'exists', 'mutating', 'validating', 'name', 'plan'] }

const checks = [
  example('who may not is told so, and nothing else is asked', {
    stage: 'pipeline',
    hint: 'may',
    ...shown(
      ...VERBS.map((verb) => usual(verb, { token: 'forged', mutating: [limits] })),
      ...VERBS.map((verb) => usual(verb, { allowed: false, mutating: [limits], validating: [policy] })),
      ...VERBS.map((verb) => usual(verb, { token: 'none', allowed: false })),
      usual('update', { token: 'none' }),
    ),
  }),

  example('reads are authorized, and not admitted', {
    stage: 'pipeline',
    hint: 'may',
    ...shown(
      ...(['get', 'list'] as const).flatMap((verb) =>
        [true, false].map((exists) => usual(verb, { exists, mutating: [limits], validating: [quota], schema: 'gold' })),
      ),
    ),
  }),

  example('mutate, validate, judge, write', {
    stage: 'admission',
    hint: 'admit',
    ...shown(
      usual('create', { tier: 'bronze', mutating: [limits, team], validating: [quota, policy], schema: 'gold' }),
      usual('update', { mutating: [team, { name: 'Priority' }], validating: [quota] }),
      usual('delete', { mutating: [limits], validating: [{ name: 'policy' }], schema: 'gold' }),
      usual('create'),
    ),
  }),

  example('whoever refuses, nothing is written', {
    stage: 'admission',
    hint: 'admit',
    ...shown(
      usual('create', { mutating: [limits, { name: 'team-webhook', refuses: 429 }, team], validating: [policy] }),
      usual('create', { mutating: [limits], schema: 'gold', validating: [policy] }),
      usual('update', { mutating: [limits], validating: [quota] }),
      usual('delete', { validating: [{ name: 'policy', refuses: 400 }] }),
      ...[usual('create', { exists: true }), usual('update', { exists: false }), usual('delete', { exists: false })],
    ),
  }),

  example('a dry run does all but write', {
    stage: 'dry run',
    hint: 'once',
    ...shown(
      usual('create', { dryRun: true, mutating: [team], validating: [quota], schema: 'gold' }),
      usual('update', { dryRun: true, mutating: [limits], validating: [quota] }),
      usual('update', { dryRun: true, mutating: [team], validating: [quota] }),
      usual('delete', { dryRun: true, validating: [{ name: 'policy' }] }),
      usual('create', { dryRun: false }),
      usual('get', { dryRun: true }),
    ),
  }),

  example('a token must still be good', {
    stage: 'tokens',
    hint: 'who',
    ...shown(...TOKENS.flatMap((token) => [usual('get', { token }), usual('create', { token })])),
  }),

  differential<Case>('any request to any server: the same questions, the same answer', {
    stage: 'admission',
    hint: 'admit',
    generate: pipelineCase,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  property<SeveralCase>('requests that come one after the other, or at once, share nothing', {
    stage: 'tokens',
    hint: 'who',
    per200: 60,
    generate: severalCase,
    run: judgeSeveral,
    tell: ({ requests, inTurn }) => [
      { kind: 'step', what: say(inTurn ? 'step.in-turn' : 'step.at-once') },
      ...requests.flatMap(tellCase),
    ],
    shrink: { fixed: [...SHRINK.fixed, 'requests', 'bearer'] },
  }),

  faults<Case, number>('a part that is out of order ends the request', {
    stage: 'pipeline',
    hint: 'once',
    per200: 12,
    generate: pipelineCase,
    faults: (trial, plan) =>
      Array.from({ length: Math.min(run(trial, plan).server.asked.length, 12) }, (_, at) => at + 1),
    run: (trial, plan, throwsAt) => judge(trial, { ...plan, throwsAt }),
    tell: ({ plan, fault }: FaultPlan<Case, number>) => [
      ...(fault === undefined ? [] : [{ kind: 'fault' as const, what: say('fault.throws', { call: fault }) }]),
      ...tellCase(plan),
    ],
    shrink: SHRINK,
  }),

  property<ServerPlan>('in the API server of a cluster, every request passes all its gates', {
    stage: 'tokens',
    hint: 'admit',
    per200: 2,
    generate: serverPlan,
    world: serverWorld,
    run: livesOn,
    tell: tellServer,
    shrink: { fixed: ['errands', 'atMs', 'who', 'what', 'name'], triesMax: 2 },
  }),
]

export default defineChecks(PIPELINE, checks, texts)
