/** One object as the store holds it, beside what it was at its revision before. */
import { stringify } from 'yaml'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import { before, type Change } from '#cluster/etcd/mvcc/store.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { World } from '#cluster/kernel/world.ts'
import { diffLines } from '../workbench/line-diff.ts'
import { storeKey } from './frame.ts'
import type { Inspection } from './protocol.ts'

const ETCD = 'cp-1/etcd'

export function inspect(world: World, resource: string, namespace: string, name: string): Inspection | undefined {
  if (!world.process(ETCD)?.up) return undefined
  const { store } = world.stateOf<EtcdState>(ETCD).keyspace
  const place = store.heads.get(storeKey(resource, namespace, name))
  const change = place === undefined ? undefined : store.history.get(place)
  if (!change) return undefined
  const old = before(store, change)
  const object = (change.kv ?? old)?.value as KubernetesObject | undefined
  if (!object) return undefined
  const lines = diffLines(toYaml(old?.value), toYaml(change.kv?.value)).map(({ kind, text }) => ({ kind, text }))
  return {
    ref: { resource, kind: object.kind, namespace, name, revision: change.main },
    previousRevision: old?.modRevision,
    lines,
    revisions: revisionsOf(change, (at) => store.history.get(at)),
  }
}

function revisionsOf(newest: Change, get: (place: number) => Change | undefined): number[] {
  const revisions: number[] = []
  for (
    let change: Change | undefined = newest;
    change;
    change = change.previous < 0 ? undefined : get(change.previous)
  ) {
    revisions.push(change.main)
  }
  return revisions.reverse()
}

const toYaml = (value: unknown): string => (value === undefined ? '' : stringify(value).trimEnd())
