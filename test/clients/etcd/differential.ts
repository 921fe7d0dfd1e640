/**
 * The same random requests to the real etcd and to the simulated one: answers must be equal field by field, refusals in code
 * and text. Only what names the server or the clock is left out: ids of cluster and member, Raft's term, seconds left.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Answer, EtcdClient, type Failed } from './client.ts'
import { type Chance, type Known, type Operation, randomOperation } from './operations.ts'
import { type EtcdServer, startRealEtcd, startSimulatedEtcd } from './servers.ts'

export interface Compared {
  /** Requests that both were asked. */
  readonly operations: number
  /** Of those, how many both refused. */
  readonly refused: number
  /** The first difference, if any. */
  readonly difference: string | undefined
}

interface Pair {
  readonly real: EtcdClient
  readonly ours: EtcdClient
}

/** Asks both `operations` random requests, each beginning with an empty store. */
export async function compareEtcds(seed: number, operations: number, chance: Chance): Promise<Compared> {
  const servers: EtcdServer[] = []
  const clients: EtcdClient[] = []
  try {
    servers.push(await startRealEtcd(), await startSimulatedEtcd(seed))
    clients.push(...servers.map(({ address }) => new EtcdClient(address)))
    return await ask({ real: clients[0]!, ours: clients[1]! }, operations, chance)
  } finally {
    for (const client of clients) client.close()
    for (const server of servers) await server.stop()
  }
}

async function ask(pair: Pair, operations: number, chance: Chance): Promise<Compared> {
  const known: Known = { revision: 1, compacted: 0 }
  let done = 0
  let refused = 0
  while (done < operations) {
    const operation = randomOperation(chance, known)
    const { asked, failed, difference } = await askBoth(pair, operation, known)
    done += asked
    refused += failed
    if (difference) return { operations: done, refused, difference: `request ${done}, ${difference}` }
  }
  return { operations: done, refused, difference: undefined }
}

interface Outcome {
  readonly asked: number
  readonly failed: number
  readonly difference?: string
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (one?.type === 'Buffer' ? Buffer.from(one.data).toString('latin1') : one))

const differs = (asked: unknown, real: unknown, ours: unknown): string =>
  `${text(asked)}\n      real: ${text(real)}\n      ours: ${text(ours)}`

async function askBoth(pair: Pair, operation: Operation, known: Known): Promise<Outcome> {
  if (operation.type === 'watch') return watchBoth(pair, operation, known)
  const { method, request } = operation
  const [real, ours] = await Promise.all([pair.real.call(method, request), pair.ours.call(method, request)])
  const seen = bare(method, real)
  if (!isDeepStrictEqual(seen, bare(method, ours))) {
    return { asked: 1, failed: 0, difference: `${method} ${differs(request, seen, bare(method, ours))}` }
  }
  learn(known, operation, real)
  return { asked: 1, failed: 'code' in real ? 1 : 0 }
}

function learn(known: Known, { method, request }: { method: string; request: Answer }, answer: Answer | Failed): void {
  if (!('header' in answer)) return
  known.revision = Math.max(known.revision, Number(answer.header.revision))
  if (method === 'KV.Compact') known.compacted = Math.max(known.compacted, request['revision'])
}

/** Ours has told everything when it answers a question for its progress; the real one must then tell as much. */
async function watchBoth(
  pair: Pair,
  { create, meanwhile }: Extract<Operation, { type: 'watch' }>,
  known: Known,
): Promise<Outcome> {
  const [real, ours] = [pair.real.watch(create), pair.ours.watch(create)]
  try {
    for (const watch of [real, ours]) await watch.until(() => watch.heard.length > 0)
    let asked = 1
    let failed = 0
    for (const operation of meanwhile) {
      const outcome = await askBoth(pair, operation, known)
      if (outcome.difference) return outcome
      asked += outcome.asked
      failed += outcome.failed
    }
    ours.askProgress()
    const isProgress = (response?: Answer) => response?.['watch_id'] === '-1' && !response['created']
    await ours.until(() => isProgress(ours.heard.at(-1)))
    ours.heard.pop()
    const isCanceled = ours.heard.at(-1)?.['canceled']
    await real.until(() => (isCanceled ? real.heard.at(-1)?.['canceled'] : real.events.length >= ours.events.length))
    const [seen, told] = [bareWatch(real.heard), bareWatch(ours.heard)]
    if (isDeepStrictEqual(seen, told)) return { asked, failed }
    return { asked, failed, difference: `Watch ${differs({ create, meanwhile }, seen, told)}` }
  } finally {
    real.close()
    ours.close()
  }
}

// ── what is compared ────────────────────────────────────────────────────────────────────────────────────────────────

const revisionOf = ({ header }: Answer): unknown => header?.revision

function bare(method: string, answer: Answer | Failed): unknown {
  if ('code' in answer) return answer
  const { header, ...rest } = strip(answer) as Answer
  if (method === 'Lease.LeaseTimeToLive') {
    return { ...rest, TTL: Number(rest['TTL']) > 0 ? 'some' : rest['TTL'], keys: sorted(rest['keys']) }
  }
  if (method === 'Lease.LeaseLeases') return { leases: sorted(rest['leases'].map(({ ID }: Answer) => ID)) }
  return { header, ...rest }
}

const sorted = (list: readonly (Buffer | string)[]): string[] =>
  list.map((item) => item.toString('latin1' as never)).sort()

/** Without the identities in headers, at every depth. */
function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      name === 'header' && field ? { revision: revisionOf({ header: field }) } : strip(field),
    ]),
  )
}

/** How events are spread over responses is a matter of timing: their order is not. */
function bareWatch(heard: readonly Answer[]): unknown {
  const control = heard.filter(({ events }) => events.length === 0).map(strip)
  const events = heard.flatMap((response) => response['events'].map(strip))
  return { control, events }
}
