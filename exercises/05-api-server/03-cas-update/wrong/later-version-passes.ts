// check: who insists on another version or UID is refused
// hint: preconditions
// Refuses only a version that is older than the present one.
// es: Rechaza solo una versión más antigua que la actual.
import type { ApiObject, KeyValue, Preconditions, Result, Status, Storage } from 'clusterwright/storage'

const storage: Storage = {
  async guaranteedUpdate(key, update, kv, preconditions = {}): Promise<Result> {
    try {
      let found = await kv.get(key)
      for (;;) {
        if (!found) return failure(404, 'NotFound')
        const current = withVersion(found)
        if (!isMet(preconditions, current)) return failure(409, 'Conflict')
        const made = update(current)
        if ('refuse' in made) return { status: made.refuse }
        const value = withoutVersion(made)
        if (isSame(value, found.value)) return { object: current }
        const { succeeded, revision, found: now } = await kv.txn(key, { modRevision: found.modRevision }, value)
        if (succeeded) return { object: withVersion({ value, modRevision: revision }) }
        found = now
      }
    } catch {
      // It may have been written or not. To write again might do it twice.
      return failure(504, 'Timeout')
    }
  },
}

export default storage

const failure = (code: number, reason: string): { status: Status } => ({ status: { code, reason } })

const isMet = ({ resourceVersion, uid }: Preconditions, { metadata }: ApiObject): boolean =>
  (resourceVersion === undefined || Number(resourceVersion) >= Number(metadata.resourceVersion)) &&
  (uid === undefined || uid === metadata.uid)

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An object as callers see it. */
function withVersion({ value, modRevision }: Pick<KeyValue, 'value' | 'modRevision'>): ApiObject {
  return { ...value, metadata: { ...value.metadata, resourceVersion: String(modRevision) } }
}

/** An object as it is stored. */
function withoutVersion({ metadata, ...rest }: ApiObject): ApiObject {
  const { resourceVersion: _, ...stored } = metadata
  return { metadata: stored, ...rest }
}

/** Whether two objects hold the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => isSame(left[name], right[name]))
}
