// check: in the API server of a cluster, no change is lost
// hint: update
// Puts objects together from the fields that it knows: a Node loses its status.
// es: Compone los objetos de los campos que conoce: un Node pierde su status.
import type { ApiObject, Result, Storage } from 'clusterwright/storage'

const storage: Storage = {
  async guaranteedUpdate(key, update, kv, { resourceVersion, uid } = {}): Promise<Result> {
    while (true) {
      const found = await kv.get(key).catch(() => 'lost' as const)
      if (found === 'lost') return no(504, 'Timeout')
      if (found === undefined) return no(404, 'NotFound')
      const { metadata, spec } = found.value
      const now = String(found.modRevision)
      if (resourceVersion && resourceVersion !== now) return no(409, 'Conflict')
      if (uid && uid !== metadata.uid) return no(409, 'Conflict')

      const next = update({ metadata: { ...metadata, resourceVersion: now }, spec })
      if ('refuse' in next) return { status: next.refuse }
      const { resourceVersion: _, ...rest } = next.metadata
      const value: ApiObject = { metadata: rest, spec: next.spec }
      if (JSON.stringify(value) === JSON.stringify({ metadata, spec })) return told(value, found.modRevision)

      const outcome = await kv.txn(key, { modRevision: found.modRevision }, value).catch(() => undefined)
      if (outcome === undefined) {
        const after = await kv.get(key).catch(() => undefined)
        const isOurs = after !== undefined && JSON.stringify(after.value) === JSON.stringify(value)
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
const told = ({ metadata, spec }: ApiObject, revision: number): Result => ({
  object: { spec, metadata: { ...metadata, resourceVersion: String(revision) } },
})
