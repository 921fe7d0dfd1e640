/**
 * Decoding the body of a write: with schemas, into nothing but what its type knows.
 *
 * `fieldValidation` says what becomes of fields that no type knows: `Ignore` drops them, `Warn` (the default) drops them and
 * says so in a header, `Strict` refuses the request; the same of fields that are given twice.
 * Where to read upstream: apiserver `pkg/endpoints/handlers/{create,update,patch,rest}.go`.
 */
import { apiVersionOf } from '#cluster/api/resources.ts'
import { subresourceOf } from '#cluster/api/subresources.ts'
import type { ObjectType, Schemas } from '#cluster/api/schema/schema.ts'
import type { Status } from '#cluster/api/types.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { PendingRequest } from '../state.ts'
import { badRequest, invalid, notSupported } from '../status.ts'
import type { Json } from '../extensions/schema/prune.ts'
import { isApply } from '../apply/apply.ts'
import { conform } from './conform.ts'
import { decodeCustom } from './custom.ts'
import { withoutTwins } from './owners.ts'
import { partsOfName, wrongKind } from './wrong-kind.ts'

const MODES = ['Ignore', 'Strict', 'Warn'] as const
type Mode = (typeof MODES)[number]

/** What the body of this request is. */
export function typeOfBody(schemas: Schemas, { resource, subresource }: RequestInfo): ObjectType | undefined {
  const below = subresource === '' ? undefined : subresourceOf(resource, subresource)
  const { group, version } = below ?? {}
  const apiVersion = group !== undefined ? `${group}/${version}` : apiVersionOf(resource)
  return schemas.typeOfKind(apiVersion, below?.kind ?? resource.kind)
}

export type Decoded =
  | { readonly body: unknown; /** Texts of warnings. */ readonly warnings: readonly string[] }
  | { readonly refused: Status; /** What is wrong with it, without saying of what. */ readonly why?: string }

const NO_WARNINGS: readonly string[] = Object.freeze([])

/** The body as its type has it. */
export function decodeBody(
  schemas: Schemas | undefined,
  row: Pick<PendingRequest, 'info' | 'request'>,
  body: unknown,
): Decoded {
  const { resource, subresource } = row.info
  const isCustom = resource.custom !== undefined && subresource !== 'scale'
  const type = schemas && !isCustom ? typeOfBody(schemas, row.info) : undefined
  // What is no object at all is refused further on, as it is without schemas.
  if ((!type && !isCustom) || typeof body !== 'object' || body === null || Array.isArray(body))
    return { body, warnings: NO_WARNINGS }
  const mode = (row.request.query?.['fieldValidation'] || 'Warn') as Mode
  if (!MODES.includes(mode)) return { refused: noSuchMode(row.info, mode) }
  const other = type && !isApply(row.request) ? wrongKind(schemas!, type, body) : undefined
  if (other) return cannotBeHandled(other, partsOfName(type!).kind, other.why)
  const conformed = type
    ? conform(schemas!, type, body, isApply(row.request) && body === row.request.body)
    : decodeCustom(schemas, resource, body as Json)
  const { value, unknown, problem } = conformed
  const named = partsOfName({ name: type?.name ?? `${apiVersionOf(resource)}.${resource.kind}` })
  if (problem !== undefined) return cannotBeHandled(named, named.kind, problem)
  const twice = (row.request.duplicates ?? []).map((path) => `duplicate field ${JSON.stringify(path)}`)
  const texts = [...twice, ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`)]
  if (texts.length > 0 && mode === 'Strict') {
    return cannotBeHandled(named, named.kind, `strict decoding error: ${texts.join(', ')}`)
  }
  const deduped = withoutTwins(value)
  if (mode === 'Warn' && texts.length > 0) return { ...deduped, warnings: [...texts, ...deduped.warnings] }
  return deduped
}

/** `Pod in version "v1" cannot be handled as a Deployment: …` */
function cannotBeHandled(given: { readonly kind: string; readonly version: string }, as: string, why: string): Decoded {
  const text = `${given.kind} in version ${JSON.stringify(given.version)} cannot be handled as a ${as}: ${why}`
  return { refused: badRequest(text), why }
}

const OPTIONS = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' } as const

function noSuchMode({ resource, verb }: RequestInfo, mode: string): Status {
  const kind = OPTIONS[verb as keyof typeof OPTIONS] ?? 'CreateOptions'
  return invalid({ ...resource, group: 'meta.k8s.io', kind }, '', [
    notSupported('fieldValidation', mode, ['', ...MODES]),
  ])
}
