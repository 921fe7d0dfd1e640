/** From etcdctl's words to the request that they mean. */
import { memberIdFor } from '#cluster/etcd/members.ts'
import { type EtcdRequest, type LeaseId, NO_LEASE } from '#cluster/etcd/messages.ts'
import { prefixEnd } from '#cluster/etcd/mvcc/ordered-keys.ts'
import type { ProcessId } from '#cluster/kernel/component.ts'

export interface Parsed {
  readonly request: EtcdRequest
  /** Undefined: those that it was set up with. */
  readonly endpoints: readonly ProcessId[] | undefined
  readonly valuesOnly: boolean
  /** Where a snapshot is to be saved. */
  readonly file: string
}

interface Flags {
  readonly words: readonly string[]
  readonly flags: ReadonlyMap<string, string>
}

const member = (machine: string): ProcessId => `${machine}/etcd`

export function parseEtcdctl(args: readonly string[]): Parsed | { readonly problem: string } {
  const { words, flags } = split(args)
  const request = requestOf(words, flags)
  if (!request) return { problem: `unknown command "${words.join(' ')}" for "etcdctl"` }
  const endpoints = flags.get('endpoints')?.split(',').map(member)
  return { request, endpoints, valuesOnly: flags.has('print-value-only'), file: words[2] ?? '' }
}

function split(args: readonly string[]): Flags {
  const words = args.filter((arg) => !arg.startsWith('--'))
  const flags = args
    .filter((arg) => arg.startsWith('--'))
    .map((arg): [string, string] => {
      const [name = '', ...value] = arg.slice(2).split('=')
      return [name, value.join('=')]
    })
  return { words, flags: new Map(flags) }
}

function requestOf(words: readonly string[], flags: Flags['flags']): EtcdRequest | undefined {
  const [command = '', first = '', second = ''] = words
  const range = flags.has('prefix') ? { key: first, rangeEnd: prefixEnd(first) } : { key: first }
  const number = (name: string): number => Number(flags.get(name) ?? 0)
  switch (command) {
    case 'put':
      return putRequest(first, second, flags.get('lease') ?? '0')
    case 'get': {
      const serializable = flags.get('consistency') === 's'
      return { type: 'Range', ...range, revision: number('rev'), serializable }
    }
    case 'del':
      return { type: 'DeleteRange', ...range }
    case 'watch':
      return { type: 'WatchCreate', watchId: 0, ...range, startRevision: number('rev') }
    case 'compaction':
      return { type: 'Compact', revision: Number(first) }
    case 'defrag':
      return { type: 'Defragment' }
    case 'move-leader':
      return { type: 'MoveLeader', targetId: memberIdFor(member(first)) }
    case 'endpoint':
      return first === 'status' ? { type: 'Status' } : undefined
    case 'member':
      return memberRequest(first, second, flags.has('learner'))
    case 'lease':
      return leaseRequest(first, second)
    case 'snapshot':
      return first === 'save' && second !== '' ? { type: 'Snapshot' } : undefined
    default:
      return undefined
  }
}

function memberRequest(command: string, machine: string, isLearner: boolean): EtcdRequest | undefined {
  switch (command) {
    case 'list':
      return { type: 'MemberList' }
    case 'add':
      return { type: 'MemberAdd', peer: member(machine), isLearner }
    case 'remove':
      return { type: 'MemberRemove', id: memberIdFor(member(machine)) }
    case 'promote':
      return { type: 'MemberPromote', id: memberIdFor(member(machine)) }
    default:
      return undefined
  }
}

function putRequest(key: string, value: string, hex: string): EtcdRequest | undefined {
  const lease = leaseId(hex)
  return lease === undefined ? undefined : { type: 'Put', key, value, lease }
}

/** etcdctl writes ids in hex. */
const leaseId = (hex: string): LeaseId | undefined =>
  /^[0-9a-f]{1,16}$/i.test(hex) ? String(BigInt.asIntN(64, BigInt(`0x${hex}`))) : undefined

function leaseRequest(command: string, value: string): EtcdRequest | undefined {
  if (command === 'grant') return { type: 'LeaseGrant', ttl: Number(value), id: NO_LEASE }
  const id = leaseId(value)
  if (id === undefined) return undefined
  switch (command) {
    case 'keep-alive':
      return { type: 'LeaseKeepAlive', id }
    case 'revoke':
      return { type: 'LeaseRevoke', id }
    case 'timetolive':
      return { type: 'LeaseTimeToLive', id }
    default:
      return undefined
  }
}
