/**
 * `serviceaccounts/token`: a token for an account, for a while, maybe bound to a Pod, Secret or Node.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/serviceaccount/storage/token.go`,
 * `pkg/apis/authentication/validation/validation.go`.
 */
import { formatTime } from '#cluster/api/meta.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject, Pod, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { newUid } from '../handlers/names.ts'
import { timestamp } from '../handlers/objects.ts'
import type { PendingRequest, State } from '../state.ts'
import { badRequest, conflict, invalid, invalidValue, notFound } from '../status.ts'
import { issue } from './service-account-tokens.ts'

interface Spec {
  readonly audiences?: readonly string[]
  readonly expirationSeconds?: number
  readonly boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string }
}

const SECONDS_DEFAULT = 3_600
const SECONDS_MIN = 600
const SECONDS_MAX = 2 ** 32
const TOKEN_REQUEST = { ...resourceNamed('tokenreviews'), kind: 'TokenRequest' }

const BOUND_KINDS: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

/** The kinds that a token may be bound to: they are looked up. */
export const TOKEN_READS: readonly string[] = Object.values(BOUND_KINDS)

export const isTokenRequest = ({ info }: PendingRequest): boolean => info.subresource === 'token'

function secondsProblem(name: string, seconds: number): Status | undefined {
  const refuse = (why: string): Status =>
    invalid(TOKEN_REQUEST, name, [invalidValue('spec.expirationSeconds', seconds, why)])
  if (seconds < SECONDS_MIN) return refuse('may not specify a duration less than 10 minutes')
  return seconds > SECONDS_MAX ? refuse('may not specify a duration larger than 2^32 seconds') : undefined
}

/** What the request says of the account is true. */
function headProblem({ info, request }: PendingRequest, account: KubernetesObject): Status | undefined {
  const { name, namespace, uid } = (request.body as Partial<KubernetesObject> | undefined)?.metadata ?? {}
  const refuse = (field: string, value: string): Status =>
    invalid(TOKEN_REQUEST, info.name, [invalidValue(`metadata.${field}`, value, `must match the service account ${field} if specified`)]) // prettier-ignore
  if (name && name !== info.name) return refuse('name', name)
  if (namespace && namespace !== info.namespace) return refuse('namespace', namespace)
  if (!uid || uid === account.metadata.uid) return undefined
  const why = `the UID in the token request (${uid}) does not match the UID of the service account (${account.metadata.uid})`
  return conflict({ ...TOKEN_REQUEST, resource: TOKEN_REQUEST.kind }, info.name, why)
}

function boundObject(
  { caches }: State,
  { info }: PendingRequest,
  { boundObjectRef: ref }: Spec,
): KubernetesObject | undefined | { readonly refused: Status } {
  if (!ref) return undefined
  const { kind = '', name = '', uid } = ref
  const plural = Object.hasOwn(BOUND_KINDS, kind) ? BOUND_KINDS[kind]! : undefined
  if (plural === undefined || (ref.apiVersion ?? 'v1') !== 'v1') {
    const { apiVersion = '' } = ref
    const named = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
    return { refused: badRequest(`cannot bind token to object of type ${named}, Kind=${kind}`) }
  }
  if (name === '') return { refused: badRequest('Name parameter required.') }
  const resource = resourceNamed(plural)
  const object = caches[plural]?.objects.get(resource.namespaced ? `${info.namespace}/${name}` : name)
  if (!object) return { refused: notFound(resource, name) }
  if (kind === 'Pod' && (object as Pod).spec.serviceAccountName !== info.name) {
    const why = `cannot bind token for serviceaccount ${JSON.stringify(info.name)} to pod running with different serviceaccount name.`
    return { refused: badRequest(why) }
  }
  if (!uid || uid === object.metadata.uid) return object
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
  return { refused: conflict({ ...resource, resource: kind }, name, why) }
}

/** The answer: the request, with the token in its status. */
export function issueToken(
  state: State,
  row: PendingRequest,
  account: KubernetesObject,
  ctx: Context,
): { readonly refused: Status } | { readonly issued: object } {
  const { spec = {}, metadata = {} } = (row.request.body ?? {}) as { spec?: Spec; metadata?: object }
  const { info } = row
  const { expirationSeconds: seconds = SECONDS_DEFAULT } = spec
  const audiences = spec.audiences?.length ? spec.audiences : [state.options.serviceAccountIssuer]
  const wrong = headProblem(row, account) ?? secondsProblem('', seconds)
  if (wrong) return { refused: wrong }
  const bound = boundObject(state, row, spec)
  if (bound && 'refused' in bound) return bound
  const nodeName = bound?.kind === 'Pod' ? (bound as Pod).spec.nodeName : undefined
  const node = nodeName === undefined ? undefined : state.caches['nodes']?.objects.get(nodeName)
  const token = issue(state, { account, bound, node, audiences, seconds, id: newUid(ctx) }, ctx.now)
  const expirationTimestamp = formatTime((Math.floor(ctx.now / 1e6) + seconds) * 1e6)
  return {
    issued: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { ...metadata, name: info.name, namespace: info.namespace, creationTimestamp: timestamp(ctx) },
      spec: { ...spec, audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: { token, expirationTimestamp },
    },
  }
}
