// A class that goes round by calling itself, compares by text, and makes sure with every number that the store has.
import type { ApiObject, KeyValue, Kv, Preconditions, Result, Update } from 'clusterwright/storage'

type Round = { key: string; update: Update; kv: Kv; insist: Preconditions }

export default class Storage {
  async guaranteedUpdate(key: string, update: Update, kv: Kv, preconditions?: Preconditions): Promise<Result> {
    const round = { key, update, kv, insist: { ...preconditions } }
    return kv.get(key).then(
      (found) => this.#go(round, found),
      () => this.#no(504, 'Timeout'),
    )
  }

  async #go(round: Round, found: KeyValue | undefined): Promise<Result> {
    if (found === undefined) return this.#no(404, 'NotFound')
    const { resourceVersion = `${found.modRevision}`, uid = found.value.metadata.uid } = round.insist
    if (`${found.modRevision}` !== resourceVersion || found.value.metadata.uid !== uid) return this.#no(409, 'Conflict')
    const current = Object.freeze({
      ...found.value,
      metadata: Object.freeze({ resourceVersion, ...found.value.metadata }),
    })
    const wanted = round.update(current)
    if ('refuse' in wanted) return { status: wanted.refuse }
    if (sorted(wanted) === sorted(current)) return { object: current }
    const stored = JSON.parse(JSON.stringify(wanted)) as ApiObject & { metadata: { resourceVersion?: string } }
    delete (stored.metadata as { resourceVersion?: string }).resourceVersion
    const { modRevision, version, createRevision } = found
    let answer
    try {
      answer = await round.kv.txn(round.key, { modRevision, version, createRevision }, stored)
    } catch {
      return this.#no(504, 'Timeout')
    }
    if (!answer.succeeded) return this.#go(round, answer.found)
    return { object: { ...stored, metadata: { ...stored.metadata, resourceVersion: `${answer.revision}` } } }
  }

  #no(code: number, reason: string): Result {
    return { status: { code, reason } }
  }
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, one]) => `${name}:${sorted(one)}`).join()}}`
}
