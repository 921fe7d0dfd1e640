/**
 * What a controller has written itself and its cache may not show yet: whoever acted on the older copy would act twice, or meet a conflict.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/util/consistency` (StaleControllerConsistency, 1.36).
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Answer } from './api-client.ts'
import { isOk } from './api-client.ts'

/** By key: the revision that our write got, and when. */
export type OwnWrites = Table<string, { readonly revision: number; readonly at: Micros }>

/** After so long the watch is not waited for any more. */
export const STALE_RETRY_MICROS = 1_000_000

export const createOwnWrites = (): OwnWrites => new Table()

/** The answer to a write of the object under that key. */
export function noteWrite(writes: OwnWrites, key: string, answer: Answer, now: Micros): void {
  const revision = Number((answer.body as Partial<KubernetesObject> | undefined)?.metadata?.resourceVersion)
  if (isOk(answer)) writes.set(key, { revision, at: now })
}

/** Whether the cached copy is older than what we have written: come back in `STALE_RETRY_MICROS`, or when the watch tells. */
export function isBehind(writes: OwnWrites, key: string, cached: KubernetesObject, now: Micros): boolean {
  const written = writes.get(key)
  if (written === undefined) return false
  const isOlder = Number(cached.metadata.resourceVersion) < written.revision && now - written.at < STALE_RETRY_MICROS
  if (!isOlder) writes.delete(key)
  return isOlder
}
