/**
 * How a learner's storage is taken in: one process carries out one wish after the other. `update` is made in here, from data;
 * each call says which wish it is for.
 */
import { type GuestShape, SERVE_UPDATE } from 'clusterwright/kit'

const adapter = String.raw`
${SERVE_UPDATE}
// The same as in cases.ts, for the guest.
function applied(change, writer, current) {
  const { metadata, spec } = current
  if (change.refuseFrom !== undefined && spec.count >= change.refuseFrom) return { refuse: { code: 422, reason: 'Invalid' } }
  const labelled = change.label === undefined ? metadata : { ...metadata, labels: { ...metadata.labels, tier: change.label } }
  if (change.add === undefined) return { ...current, metadata: labelled }
  const by = [...spec.by, writer + ' from ' + metadata.resourceVersion]
  return { ...current, metadata: labelled, spec: { ...spec, count: spec.count + change.add, by } }
}
const freeze = (value) => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
export default (learner, tools) => {
  const storage = typeof learner === 'function' ? new learner() : learner
  return {
    serve: serving(storage, tools),
    async run(writer, wishes) {
      if (typeof storage.guaranteedUpdate !== 'function')
        tools.notAFunction('The default export has no function "guaranteedUpdate".')
      const results = []
      for (const [index, { key, change, preconditions }] of wishes.entries()) {
        const mark = wishes.length > 1 ? [{ wish: index }] : []
        const kv = Object.freeze({
          get: (name) => tools.request('get', name, ...mark),
          txn: (name, condition, value) => tools.request('txn', name, condition, value, ...mark),
        })
        const update = (current) => freeze(applied(change, writer, JSON.parse(JSON.stringify(current))))
        const given = preconditions === undefined ? [] : [preconditions]
        results.push((await storage.guaranteedUpdate(key, update, kv, ...given)) ?? null)
      }
      return results
    },
    async act(deeds) {
      for (const deed of deeds) await tools.request(deed)
    },
  }
}
`

export const STORAGE: GuestShape = { adapter }
