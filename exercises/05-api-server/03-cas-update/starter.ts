import type { ApiObject, KeyValue, Storage } from 'clusterwright/storage'

const storage: Storage = {
  async guaranteedUpdate(key, update, kv, preconditions = {}) {
    const found = await kv.get(key)
    if (!found) return { status: { code: 404, reason: 'NotFound' } }
    // TODO: what if somebody writes between the two calls? What does the caller insist on? What if no answer comes?
    const made = update(withVersion(found))
    if ('refuse' in made) return { status: made.refuse }
    const { revision } = await kv.txn(key, {}, withoutVersion(made))
    return { object: withVersion({ value: made, modRevision: revision }) }
  },
}

export default storage

// ── given: use what helps ───────────────────────────────────────────────────────────────────────────────────────────

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
