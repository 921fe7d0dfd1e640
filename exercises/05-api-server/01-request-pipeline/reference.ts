/** The pipeline once more, apart from the solution: what must be asked next, and what must be answered, whoever the parts are. */
import type { ApiRequest, Claims, KubernetesObject, Refusal, Review, Settings, User } from 'clusterwright/pipeline'

export interface Asked {
  readonly part: string
  readonly args: readonly unknown[]
}

export interface Right {
  readonly code: number
  readonly reason?: string
  readonly object?: KubernetesObject
  readonly items?: readonly KubernetesObject[]
}

/** Stands for the answer of a part that has not been asked, or has not answered. */
export const UNKNOWN = Symbol('unknown')

export interface Expected {
  /** In this order; those of one step may come in any. */
  readonly steps: readonly (readonly Asked[])[]
  /** Undefined: it hangs on the last step. */
  readonly answer: Right | undefined
}

/** Step by step; each gets the answers to what it asks. */
type Going<Outcome> = Generator<readonly Asked[], Outcome, readonly any[]>

/** Goes as far as there are answers. */
export function walk(request: ApiRequest, settings: Settings, answerTo: (asked: Asked) => unknown): Expected {
  const steps: (readonly Asked[])[] = []
  const going = reference(request, settings)
  for (let next = going.next(); ;) {
    if (next.done) return { steps, answer: next.value }
    steps.push(next.value)
    const answers = next.value.map(answerTo)
    if (answers.every((one) => one === UNKNOWN)) return { steps, answer: undefined }
    next = going.next(answers)
  }
}

const asks = (part: string, ...args: unknown[]): readonly Asked[] => [{ part, args }]
const NO_ONE: Right = { code: 401 }

function* reference(request: ApiRequest, settings: Settings): Going<Right | undefined> {
  const { verb, resource, namespace, name, dryRun = false } = request
  const user = yield* userOf(request, settings)
  if (!user || 'code' in user) return user
  const attributes = { user, verb, resource, namespace, ...(name !== undefined && { name }) }
  const [allowed] = yield asks('authorize', attributes)
  if (allowed !== true) return { code: 403 }
  if (verb === 'list') {
    const [items] = yield asks('list', namespace)
    return { code: 200, items }
  }
  if (verb === 'get') {
    const [object] = yield asks('read', namespace, name)
    return object ? { code: 200, object } : { code: 404 }
  }
  const admitted = yield* admit({ ...attributes, dryRun }, request.object, settings)
  if ('code' in admitted) return admitted
  const { object } = admitted
  const code = verb === 'create' ? 201 : 200
  if (dryRun) return { code, ...(object && { object }) }
  const [done] = yield verb === 'delete' ? asks('remove', namespace, name) : asks('write', verb, object)
  if (done?.refused) return done.refused as Refusal
  return { code, ...(done && { object: done }) }
}

function* userOf(
  { certificate, token }: ApiRequest,
  { audience, now }: Settings,
): Going<User | typeof NO_ONE | undefined> {
  if (certificate) return { ...certificate, groups: [...certificate.groups, 'system:authenticated'] }
  if (token === undefined) return { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  const [found] = yield asks('verify', token)
  const claims = found as Claims | undefined
  if (!claims || claims.expiresAt <= now || !claims.audiences.includes(audience)) return NO_ONE
  const { namespace, serviceAccount, pod } = claims
  const account: Asked = { part: 'uidOf', args: ['ServiceAccount', namespace, serviceAccount.name] }
  const [accountUid, podUid] = yield pod ? [account, { part: 'uidOf', args: ['Pod', namespace, pod.name] }] : [account]
  if (accountUid !== UNKNOWN && accountUid !== serviceAccount.uid) return NO_ONE
  if (pod && podUid !== UNKNOWN && podUid !== pod.uid) return NO_ONE
  if (accountUid === UNKNOWN || podUid === UNKNOWN) return undefined
  return {
    name: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

function* admit(
  attributes: Omit<Review, 'object'>,
  sent: KubernetesObject | undefined,
  { mutating, validating }: Settings,
): Going<{ readonly object: KubernetesObject | undefined } | Refusal> {
  let object = sent
  const review = (): Review => ({ ...attributes, ...(object && { object }) })
  for (const plugin of mutating) {
    const [said] = yield asks('admit', plugin, review())
    if (!said.allowed) return { code: said.code, reason: said.reason }
    if (object) object = said.object ?? object
  }
  if (object) {
    const [wrong] = yield asks('validate', object)
    if (wrong.length > 0) return { code: 422, reason: 'Invalid' }
  }
  for (const plugin of validating) {
    const [said] = yield asks('admit', plugin, review())
    if (!said.allowed) return { code: said.code, reason: said.reason }
  }
  return { object }
}
