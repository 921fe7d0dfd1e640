/** The parts of an API server in a few words, set up as a case has it: they answer, and remember who asked for what. The real ones are in `in-the-server.ts`. */
import { AsyncHost, type GuestShape, type HostCall, type Trial } from 'clusterwright/kit'
import type { Admission, ApiRequest, Claims, KubernetesObject, Review, Settings } from 'clusterwright/pipeline'
import type { Case, PluginCase, SeveralCase, Token } from './cases.ts'
import type { Asked } from './reference.ts'

/** Carries out one request or several; each call says for which of them it is. */
const adapter = String.raw`
const METHODS = ['verify', 'uidOf', 'authorize', 'admit', 'validate', 'read', 'list', 'write', 'remove']
export default (learner, tools) => {
  const pipeline = typeof learner === 'function' ? new learner() : learner
  async function handle(request, settings, index) {
    if (typeof pipeline.handle !== 'function')
      tools.notAFunction('The default export has no function "handle".')
    const parts = {}
    for (const method of METHODS)
      parts[method] = { [method]: (...given) => tools.request(method, given, index) }[method]
    return (await pipeline.handle(request, settings, Object.freeze(parts))) ?? null
  }
  return {
    handle: (request, settings) => handle(request, settings, 0),
    // In the API server of a cluster.
    serve: (id, request, settings) => handle(request, settings, id),
    async several(given, inTurn) {
      if (!inTurn) return Promise.all(given.map(([request, settings], index) => handle(request, settings, index)))
      const answers = []
      for (const [index, [request, settings]] of given.entries()) answers.push(await handle(request, settings, index))
      return answers
    },
  }
}
`

export const PIPELINE: GuestShape = { adapter }

const RESOURCE = 'configmaps'
const CERTIFICATE = { name: 'ana', groups: ['developers'] }
const NAMESPACE = 'default'
const NAME = 'web'
export const AUDIENCE = 'https://kubernetes.default.svc'
export const NOW = 1_767_258_000
export const BROKEN = 'out of order'

const UIDS: Readonly<Record<string, string>> = { ServiceAccount: 'uid-builder', Pod: 'uid-runner' }

/** Whose it is may stand anywhere. */
function audiencesOf(token: Token): string[] {
  if (token === 'for-nobody') return []
  if (token === 'for-others') return ['vault', `${AUDIENCE}.example.com`]
  return token === 'without-pod' ? [AUDIENCE, 'vault'] : ['vault', AUDIENCE]
}

/** Undefined: not of this cluster's making. */
function claimsOf(token: Token): Claims | undefined {
  if (token.endsWith('forged') || token === 'none') return undefined
  return {
    audiences: audiencesOf(token),
    expiresAt: token === 'expired' ? NOW : NOW + 3600,
    namespace: 'ci',
    serviceAccount: { name: 'builder', uid: UIDS['ServiceAccount']! },
    ...(token !== 'without-pod' && { pod: { name: 'runner', uid: UIDS['Pod']! } }),
  }
}

export function requestOf({ verb, tier, dryRun, token, bearer }: Case): ApiRequest {
  return {
    ...{ verb, resource: RESOURCE, namespace: NAMESPACE },
    ...(verb !== 'list' && verb !== 'create' && { name: NAME }),
    ...((verb === 'create' || verb === 'update') && { object: objectOf(tier) }),
    ...(token.startsWith('certificate') && { certificate: CERTIFICATE }),
    ...(token !== 'none' && token !== 'certificate' && { token: bearer ?? token }),
    ...(dryRun !== undefined && { dryRun }),
  }
}

const objectOf = (tier: string | undefined, resourceVersion?: string): KubernetesObject => ({
  metadata: {
    ...{ name: NAME, namespace: NAMESPACE },
    ...(tier !== undefined && { labels: { tier } }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  },
  data: { greeting: 'hello' },
})

export const settingsOf = ({ mutating, validating }: Case): Settings => ({
  audience: AUDIENCE,
  now: NOW,
  mutating: mutating.map(({ name }) => name),
  validating: validating.map(({ name }) => name),
})

export const tierOf = (object: KubernetesObject | undefined): string | undefined => object?.metadata?.labels?.['tier']
const withTier = (object: KubernetesObject, tier: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata?.labels, tier } },
})

/** What a plugin says of an object. */
function admissionOf({ sets, refuses, unless }: PluginCase, object: KubernetesObject | undefined): Admission {
  if (refuses !== undefined && (unless === undefined || tierOf(object) !== unless))
    return { allowed: false, code: refuses, reason: 'Denied' }
  return { allowed: true, ...(object && sets !== undefined && { object: withTier(object, sets) }) }
}

const asStored = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  // Whoever writes nothing hears of it from the judge.
  metadata: { ...(object as KubernetesObject | null)?.metadata, resourceVersion: '42' } as KubernetesObject['metadata'],
})

export class Server {
  readonly asked: Asked[] = []
  readonly written: (KubernetesObject | 'removed')[] = []
  readonly #plan: Case
  /** Mutating plugins are asked before the object is validated. */
  #hasValidated = false

  constructor(plan: Case) {
    this.#plan = plan
  }

  perform({ method, args: [given], reply, refuse }: HostCall): void {
    const args = given as readonly unknown[]
    this.asked.push({ part: method, args })
    const isFirst = this.asked.filter(({ part }) => part === method).length === 1
    const { throwsAt, broken } = this.#plan
    if (throwsAt === this.asked.length || (broken === method && isFirst))
      return refuse({ name: 'Error', message: BROKEN })
    reply(this.#answer(method, args))
  }

  /** The same, without a host. */
  answerTo(asked: Asked): unknown {
    this.asked.push(asked)
    return this.#answer(asked.part, asked.args)
  }

  #answer(method: string, args: readonly unknown[]): unknown {
    const { token, bearer = token, allowed, mutating, validating, schema, exists, verb } = this.#plan
    switch (method) {
      case 'verify':
        return args[0] === bearer ? claimsOf(token) : undefined
      case 'uidOf':
        return this.#uidOf(args[0] as string, args[1], args[2])
      case 'authorize':
        return allowed
      case 'admit': {
        const { object } = (args[1] ?? {}) as Partial<Review>
        // One that does both answers as the phase has it.
        const phases = this.#hasValidated || verb === 'delete' ? [validating, mutating] : [mutating, validating]
        const asked = this.asked.filter(({ part, args: [name] }) => part === 'admit' && name === args[0]).length
        const all = phases.flat().filter(({ name }) => name === args[0])
        const plugin = verb === 'delete' && all.length > 1 ? all.at(-Math.min(asked, 2)) : all[0]
        return plugin ? admissionOf(plugin, object) : { allowed: true }
      }
      case 'validate':
        this.#hasValidated = true
        return schema === undefined || tierOf(args[0] as KubernetesObject) === schema
          ? []
          : ['metadata.labels: Invalid value']
      case 'read':
        return exists && args[0] === NAMESPACE && args[1] === NAME ? objectOf('bronze', '17') : undefined
      case 'list':
        return exists && args[0] === NAMESPACE ? [objectOf('bronze', '17')] : []
      case 'remove':
        if (!exists) return { refused: { code: 404, reason: 'NotFound' } }
        this.written.push('removed')
        return undefined
      default: {
        if (args[0] === 'create' && exists) return { refused: { code: 409, reason: 'AlreadyExists' } }
        if (args[0] === 'update' && !exists) return { refused: { code: 404, reason: 'NotFound' } }
        const stored = asStored(args[1] as KubernetesObject)
        this.written.push(stored)
        return stored
      }
    }
  }

  #uidOf(kind: string, namespace: unknown, name: unknown): string | undefined {
    if (namespace !== 'ci' || name !== (kind === 'Pod' ? 'runner' : 'builder')) return undefined
    const { token } = this.#plan
    const about = kind === 'Pod' ? 'pod' : 'account'
    if (token === `${about}-deleted`) return undefined
    return token === `${about}-made-anew` ? 'uid-another' : UIDS[kind]
  }
}

/** Runs a case; the answer, and what the parts were asked. */
export function run(
  trial: Trial<any>,
  plan: Case,
): { server: Server; outcome: { value: unknown } | { threw: string } } {
  const server = new Server(plan)
  const host = new AsyncHost(trial, {
    perform: (call) => server.perform(call),
    latencyMicros: () => 500,
    look: () => ({ written: server.written.length }),
  })
  const process = host.start('request', 'handle', [requestOf(plan), settingsOf(plan)])
  host.run()
  const { outcome } = process
  if (outcome!.ok) return { server, outcome: { value: outcome!.value } }
  if (outcome!.kind !== 'threw' || !outcome!.message.includes(BROKEN)) trial.crash(outcome!, 'handle')
  return { server, outcome: { threw: outcome!.message } }
}

/** Runs several requests in one and the same server: what each was answered, and what the parts were asked for it. */
export function runSeveral(trial: Trial<any>, { requests, inTurn }: SeveralCase): { server: Server; value: unknown }[] {
  const servers = requests.map((plan) => new Server(plan))
  const host = new AsyncHost(trial, {
    perform: (call) => servers[call.args[1] as number]!.perform(call),
    latencyMicros: () => 500,
    look: () => ({ written: servers.map(({ written }) => written.length) }),
  })
  const given = requests.map((plan) => [requestOf(plan), settingsOf(plan)])
  const process = host.start('requests', 'several', [given, inTurn])
  host.run()
  const outcome = process.outcome!
  if (!outcome.ok) return trial.crash(outcome, 'handle')
  const values = outcome.value as readonly unknown[]
  return servers.map((server, index) => ({ server, value: values[index] }))
}
