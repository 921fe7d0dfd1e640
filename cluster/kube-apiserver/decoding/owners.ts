/**
 * Owners that are named twice, word for word: the second is left out, and the client is told.
 *
 * Where to read upstream: apiserver `pkg/endpoints/handlers/rest.go` (dedupOwnerReferences).
 */
import { isEqual } from '#cluster/api/meta.ts'

interface WithOwners {
  readonly metadata?: { readonly ownerReferences?: readonly { readonly uid?: string }[] }
}

/** @returns the very same object where no owner is named twice */
export function withoutTwins(body: unknown): { readonly body: unknown; readonly warnings: readonly string[] } {
  const { metadata } = body as WithOwners
  const owners = metadata?.ownerReferences ?? []
  const twins = owners.filter((owner, index) => owners.findIndex((other) => isEqual(other, owner)) < index)
  if (twins.length === 0) return { body, warnings: [] }
  const uids = twins.map(({ uid }) => uid ?? '').join(', ')
  const text = `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}` // prettier-ignore
  const ownerReferences = owners.filter((owner) => !twins.includes(owner))
  return { body: { ...(body as object), metadata: { ...metadata, ownerReferences } }, warnings: [text] }
}
