/**
 * `host-local`: addresses from a node's own range.
 *
 * What the real one does: the main plugin starts it; under a lock it looks through the files of the network's directory,
 * takes the next free address and writes a file with the container's id and interface.
 * What we model: that, with the store on the machine's disk, several sets of ranges (one address from each, all or none),
 * DEL that succeeds as often as you like, CHECK, and GC of attachments that are no longer valid.
 * What we leave out: IPv6; addresses that somebody asks for by name; `resolvConf`.
 * Where to read upstream: containernetworking/plugins `plugins/ipam/host-local/{main.go,backend/disk/backend.go}`.
 */
import type { Syscall } from '#cluster/linux/syscall.ts'
import { failureOf } from '#cluster/linux/syscall.ts'
import type { Next, Stage } from '../cni.ts'
import { cniPlugin } from '../cni.ts'
import type { Attachment, CniResult } from '../spec.ts'
import { CNI_ERROR, CNI_VERSION, cniError } from '../spec.ts'
import type { IpamStore } from './host-local-store.ts'
import { addressesOf, allocate, canonicalRanges, staleAddresses } from './host-local-store.ts'

interface Scratch {
  result: CniResult
}

const DATA_DIRECTORY = '/var/lib/cni/networks'
const LAST_RESERVED = 'last_reserved_ip.'

const directoryOf = ({ invocation: { stdin } }: Stage<Scratch>): string =>
  `${stdin.ipam?.dataDir ?? DATA_DIRECTORY}/${stdin.name}`

const attachmentOf = ({ invocation: { env } }: Stage<Scratch>): Attachment =>
  Object.freeze({ containerID: env.CNI_CONTAINERID, ifname: env.CNI_IFNAME })

const error = (msg: string): Next => ({ error: cniError(CNI_ERROR.internal, msg) })

function lockAndRead(stage: Stage<Scratch>, then: string): Next {
  const directory = directoryOf(stage)
  return {
    syscalls: [
      { call: 'lockFile', path: `${directory}/lock` },
      { call: 'readDirectory', path: directory },
    ],
    then,
  }
}

function writeAndUnlock(stage: Stage<Scratch>, calls: readonly Syscall[], then: string): Next {
  return { syscalls: [...calls, { call: 'unlockFile', path: `${directoryOf(stage)}/lock` }], then }
}

/** The store as the directory shows it: a name that is an address is a reservation. */
function readStore(stage: Stage<Scratch>, results: readonly any[]): IpamStore {
  const prefix = `${directoryOf(stage)}/`
  const reserved = new Map<string, Attachment>()
  const lastReserved = new Map<number, string>()
  for (const [path, data] of results[1].files as readonly (readonly [string, unknown])[]) {
    const name = path.slice(prefix.length)
    if (name.startsWith(LAST_RESERVED)) lastReserved.set(Number(name.slice(LAST_RESERVED.length)), data as string)
    else reserved.set(name, data as Attachment)
  }
  return { reserved, lastReserved }
}

function add(stage: Stage<Scratch>, results: readonly any[]): Next {
  const { ipam } = stage.invocation.stdin
  const sets = canonicalRanges(ipam!)
  if (typeof sets === 'string') return error(sets)
  const attachment = attachmentOf(stage)
  const allocation = allocate(sets, readStore(stage, results), attachment)
  if (typeof allocation === 'string') return error(allocation)
  const directory = directoryOf(stage)
  const writes = allocation.reserve.flatMap(({ set, ip }): Syscall[] => [
    { call: 'writeFile', path: `${directory}/${ip}`, data: attachment, exclusive: true },
    { call: 'writeFile', path: `${directory}/${LAST_RESERVED}${set}`, data: ip },
  ])
  stage.remember({ result: { cniVersion: CNI_VERSION, ips: allocation.ips, routes: ipam!.routes ?? [], dns: {} } })
  return writeAndUnlock(stage, writes, 'added')
}

function remove(stage: Stage<Scratch>, addresses: readonly string[]): Next {
  const directory = directoryOf(stage)
  const calls = addresses.map((ip): Syscall => ({ call: 'unlink', path: `${directory}/${ip}`, ifPresent: true }))
  return writeAndUnlock(stage, calls, 'done')
}

const whenConfigured = (then: string) => (stage: Stage<Scratch>) =>
  stage.invocation.stdin.ipam ? lockAndRead(stage, then) : error('IPAM config missing "ipam" key')

function outcome(results: readonly any[], result: object): Next {
  const failure = failureOf({ type: 'syscallReply', id: 0, results })
  return failure ? { error: cniError(CNI_ERROR.io, failure.message) } : { result }
}

export const hostLocal = cniPlugin<Scratch>({
  name: 'host-local',
  locks: true,
  verbs: {
    ADD: whenConfigured('add'),
    DEL: whenConfigured('del'),
    CHECK: whenConfigured('check'),
    GC: whenConfigured('gc'),
  },
  stages: {
    add,
    added: (stage, results) => outcome(results, stage.scratch.result!),
    del: (stage, results) => remove(stage, addressesOf(readStore(stage, results), attachmentOf(stage))),
    check: (stage, results) =>
      addressesOf(readStore(stage, results), attachmentOf(stage)).length > 0
        ? { result: {} }
        : error(`host-local: Failed to find address added by container ${stage.invocation.env.CNI_CONTAINERID}`),
    gc: (stage, results) =>
      remove(
        stage,
        staleAddresses(readStore(stage, results), stage.invocation.stdin['cni.dev/valid-attachments'] ?? []),
      ),
    done: (_, results) => outcome(results, {}),
  },
})
