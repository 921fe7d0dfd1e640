// Reads anew in each round, and after a write without an answer looks whether it is there, without writing again.
import type { ApiObject, Result, Storage } from 'clusterwright/storage'

const storage: Storage = {
  async guaranteedUpdate(key, update, kv, { resourceVersion, uid } = {}): Promise<Result> {
    while (true) {
      const found = await kv.get(key).catch(() => 'lost' as const)
      if (found === 'lost') return no(504, 'Timeout')
      if (found === undefined) return no(404, 'NotFound')
      const { metadata, ...more } = found.value
      const now = String(found.modRevision)
      if (resourceVersion && resourceVersion !== now) return no(409, 'Conflict')
      if (uid && uid !== metadata.uid) return no(409, 'Conflict')

      const next = update({ ...more, metadata: { ...metadata, resourceVersion: now } })
      if ('refuse' in next) return { status: next.refuse }
      const { resourceVersion: _, ...rest } = next.metadata
      const value: ApiObject = { ...next, metadata: rest }
      if (isSame(value, found.value)) return told(value, found.modRevision)

      const outcome = await kv.txn(key, { modRevision: found.modRevision }, value).catch(() => undefined)
      if (outcome === undefined) {
        const after = await kv.get(key).catch(() => undefined)
        const isOurs = after !== undefined && isSame(after.value, value)
        return isOurs ? told(value, after.modRevision) : no(504, 'Timeout')
      }
      if (outcome.succeeded) return told(value, outcome.revision)
      // Whoever insisted on this version does not want the next.
      if (resourceVersion) return no(409, 'Conflict')
    }
  },
}

export default storage

const no = (code: number, reason: string): Result => ({ status: { code, reason } })
const told = ({ metadata, ...more }: ApiObject, revision: number): Result => ({
  object: { ...more, metadata: { ...metadata, resourceVersion: String(revision) } },
})

/** Names in any order. */
const isSame = (a: unknown, b: unknown): boolean => sorted(a) === sorted(b)
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
