/** Cases of `request-pipeline`: a request, and how the server is set up. Plain data. */
import type { Chance } from 'clusterwright/kit'
import type { Verb } from 'clusterwright/pipeline'

export interface PluginCase {
  readonly name: string
  /** Sets the label `tier`. Of a validating plugin it does not count. */
  readonly sets?: string
  /** Refuses with this code; with `unless`, only where the label `tier` is another. */
  readonly refuses?: number
  readonly unless?: string
}

export const TOKENS = [
  ...(['none', 'good', 'forged', 'expired', 'for-others', 'without-pod', 'pod-deleted'] as const),
  ...(['pod-made-anew', 'account-deleted', 'account-made-anew', 'for-nobody'] as const),
  ...(['certificate', 'certificate-and-forged'] as const),
]
export type Token = (typeof TOKENS)[number]

export interface Case {
  readonly verb: Verb
  readonly tier?: string
  readonly dryRun?: boolean
  readonly token: Token
  /** What the token is as text; default: its name. */
  readonly bearer?: string
  /** What the authorizer says. */
  readonly allowed: boolean
  readonly mutating: readonly PluginCase[]
  readonly validating: readonly PluginCase[]
  /** The schema wants the label `tier` to be this. */
  readonly schema?: string
  readonly exists: boolean
  /** The so-manieth call throws. */
  readonly throwsAt?: number
  /** The first call of this part throws. */
  readonly broken?: string
}

export const VERBS: readonly Verb[] = ['get', 'list', 'create', 'update', 'delete']
export const isWrite = (verb: Verb): boolean => verb !== 'get' && verb !== 'list'

export const usual = (verb: Verb, more: Partial<Case> = {}): Case => ({
  ...{ verb, token: 'good', allowed: true, mutating: [], validating: [], exists: verb !== 'create' },
  ...more,
})

const NAMES = ['NamespaceLifecycle', 'ServiceAccount', 'LimitRanger', 'DefaultStorageClass', 'Priority', 'team-webhook']
const TIERS = ['gold', 'silver', 'bronze']
const CODES = [400, 403, 422, 429, 500]

function pluginFrom(chance: Chance, name: string, mutates: boolean): PluginCase {
  const refuses = chance.chance(0.12)
  return {
    name,
    ...(chance.chance(mutates ? 0.6 : 0.2) && { sets: chance.pick(TIERS) }),
    ...(refuses && { refuses: chance.pick(CODES), ...(chance.chance(0.6) && { unless: chance.pick(TIERS) }) }),
  }
}

export interface SeveralCase {
  /** Whether each comes when the one before has been answered; else all come at once. */
  readonly inTurn: boolean
  readonly requests: readonly Case[]
}

/** Of one server, mostly with one and the same token, which is good for one request and no longer for the next. */
export const severalCase = (chance: Chance): SeveralCase => ({
  inTurn: chance.chance(0.5),
  requests: chance.times(chance.between(2, 4), () => {
    const one = pipelineCase(chance)
    return one.token === 'none' || one.token.startsWith('certificate')
      ? one
      : { ...one, bearer: 'eyJhbGciOiJSUzI1NiJ9' }
  }),
})

export function pipelineCase(chance: Chance): Case {
  const verb = chance.chance(0.7)
    ? chance.pick(['create', 'update', 'delete'] as const)
    : chance.pick(['get', 'list'] as const)
  const names = chance.shuffle(NAMES)
  const mutating = chance.times(chance.int(4), (index) => pluginFrom(chance, names[index]!, true))
  return {
    verb,
    ...(chance.chance(0.5) && { tier: chance.pick(TIERS) }),
    ...(chance.chance(0.25) && { dryRun: true }),
    token: chance.chance(0.7)
      ? chance.pick(['good', 'without-pod', 'none', 'certificate'] as const)
      : chance.pick(TOKENS),
    allowed: chance.chance(0.88),
    mutating,
    // One plugin may do both, as upstream's do.
    validating: chance.times(chance.int(3), (index) =>
      pluginFrom(chance, names[index + mutating.length - (chance.chance(0.3) && mutating.length > 0 ? 1 : 0)]!, false),
    ),
    ...(chance.chance(0.35) && { schema: chance.pick(TIERS) }),
    exists: chance.chance(verb === 'create' ? 0.15 : 0.85),
  }
}
