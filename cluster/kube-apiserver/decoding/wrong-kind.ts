/**
 * A body that says to be something else than what its path is for, in the words of the scheme that does not know what to do.
 *
 * Where to read upstream: apimachinery `pkg/runtime/{error.go,converter.go}`, apiserver `pkg/endpoints/handlers/create.go`.
 */
import type { ObjectType, Schemas } from '#cluster/api/schema/schema.ts'

const SCHEME = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30'

export interface WrongKind {
  /** What the body says it is, a part that it leaves out taken from what is expected. */
  readonly kind: string
  readonly version: string
  readonly why: string
}

/** `apps/v1.Deployment`, by its parts. */
export function partsOfName({ name }: Pick<ObjectType, 'name'>): { apiVersion: string; version: string; kind: string } {
  const dot = name.lastIndexOf('.')
  const apiVersion = name.slice(0, dot)
  return { apiVersion, version: apiVersion.slice(apiVersion.lastIndexOf('/') + 1), kind: name.slice(dot + 1) }
}

/** How upstream calls the package of a group's hub version: the first word of its name. */
const hubOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.split('/')[0]!.split('.')[0]! : 'core'

/** What every version of every group has beside its own kinds. */
const OF_ALL = ['Status', 'DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions', 'GetOptions', 'ListOptions', 'WatchEvent'] // prettier-ignore

/** Whether the scheme has such a kind, be it a list of others. */
function isRegistered(schemas: Schemas, apiVersion: string, kind: string): boolean {
  if (schemas.typeOfKind(apiVersion, kind) !== undefined || OF_ALL.includes(kind)) return true
  if (!kind.endsWith('List')) return false
  const listed = kind.slice(0, -'List'.length)
  return (listed === '' && apiVersion === 'v1') || (listed !== '' && schemas.typeOfKind(apiVersion, listed) !== undefined) // prettier-ignore
}

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '')
const FORMER = /^v[12](?:alpha|beta)[12]$/

/** Undefined where it is what it should be, or another version of it: who reads it knows which of those it takes. */
export function wrongKind(schemas: Schemas, type: ObjectType, body: object): WrongKind | undefined {
  const given = body as { readonly apiVersion?: unknown; readonly kind?: unknown }
  if (given.apiVersion === undefined && given.kind === undefined) return undefined
  const wanted = partsOfName(type)
  const kind = typeof given.kind === 'string' && given.kind !== '' ? given.kind : wanted.kind
  const apiVersion = typeof given.apiVersion === 'string' && given.apiVersion !== '' ? given.apiVersion : wanted.apiVersion // prettier-ignore
  if (kind === wanted.kind && apiVersion === wanted.apiVersion) return undefined
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1)
  // The scheme still knows what is served no more: kubectl 1.20 evicts by policy/v1beta1.
  if (kind === wanted.kind && groupOf(apiVersion) === groupOf(wanted.apiVersion) && FORMER.test(version))
    return undefined
  if (!isRegistered(schemas, apiVersion, kind)) {
    const why = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`
    return { kind, version, why }
  }
  if (kind === wanted.kind && hubOf(apiVersion) === hubOf(wanted.apiVersion)) return undefined
  const why = `converting (${version}.${kind}) to (${hubOf(wanted.apiVersion)}.${wanted.kind}): unknown conversion`
  return { kind, version, why }
}
