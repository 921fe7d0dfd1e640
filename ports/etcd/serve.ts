/**
 * etcd's gRPC port: each call of an unmodified client becomes a stream to a simulated member, and its answer comes back.
 *
 * What we leave out: TLS and authentication.
 * Where to read upstream: etcd `server/etcdserver/api/v3rpc/`.
 */
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import type { Outside } from '#cluster/etcd/backend.ts'
import type { SnapshotResponse } from '#cluster/etcd/maintenance-messages.ts'
import type { ErrorResponse, EtcdRequest, EtcdResponse, WatchResponse } from '#cluster/etcd/messages.ts'
import type { EtcdState } from '#cluster/etcd/state.ts'
import type { Body, ProcessId } from '#cluster/kernel/component.ts'
import type { Heard } from '../caller.ts'
import type { LiveWorld } from '../live-world.ts'
import { serviceNamed } from './api.ts'
import { type AddressOf, methodsFor, outside, type Unary } from './methods.ts'
import { snapshotPieces } from './snapshot.ts'
import {
  deleteRangeRequest,
  kvResponse,
  putRequest,
  rangeRequest,
  txnRequest,
  watchCreateRequest,
  watchResponse,
} from './wire.ts'
import type { Wire } from './wire.ts'

const CODES: Readonly<Record<ErrorResponse['code'], status>> = {
  OutOfRange: status.OUT_OF_RANGE,
  NotFound: status.NOT_FOUND,
  FailedPrecondition: status.FAILED_PRECONDITION,
  InvalidArgument: status.INVALID_ARGUMENT,
  ResourceExhausted: status.RESOURCE_EXHAUSTED,
  Unavailable: status.UNAVAILABLE,
}

/** Responses with events that may be on their way to a client that does not read. */
const WINDOW = 16

/** What a call fails with. */
interface Failure {
  readonly code: status
  readonly details: string
}

const KV_METHODS: Readonly<Record<string, Unary>> = {
  Range: { request: rangeRequest, response: kvResponse },
  Put: { request: putRequest, response: kvResponse },
  DeleteRange: { request: deleteRangeRequest, response: kvResponse },
  Txn: { request: txnRequest, response: kvResponse },
  Compact: { request: ({ revision }) => ({ type: 'Compact', revision: Number(revision) }), response: kvResponse },
}

export interface EtcdPorts {
  /** Without a scheme, in the order of the members. */
  readonly endpoints: readonly string[]
  close(): void
}

/** Serves each of these members on a port of its own: the first on `port`, the others on the next ones; 0: on free ones. */
export async function serveEtcd(live: LiveWorld, members: readonly ProcessId[], port: number): Promise<EtcdPorts> {
  const addresses = new Map<string, string>()
  const servers: Server[] = []
  const close = (): void => servers.forEach((server) => server.forceShutdown())
  try {
    for (const [i, member] of members.entries()) {
      const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 })
      servers.push(server)
      addServices(server, new Door(live, member), (name) => addresses.get(name))
      addresses.set(member.slice(0, member.indexOf('/')), `127.0.0.1:${await bind(server, port === 0 ? 0 : port + i)}`)
    }
  } catch (error) {
    close()
    throw error
  }
  return { endpoints: [...addresses.values()], close }
}

/** @returns the port that it has */
function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    )
  })
}

function addServices(server: Server, door: Door, addressOf: AddressOf): void {
  const { cluster, lease, maintenance } = methodsFor(addressOf)
  const unaries = (methods: Readonly<Record<string, Unary>>) =>
    Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, door.unary(method)]))
  server.addService(serviceNamed('KV').service, unaries(KV_METHODS))
  server.addService(serviceNamed('Cluster').service, unaries(cluster))
  server.addService(serviceNamed('Maintenance').service, {
    ...unaries(maintenance),
    Snapshot: door.snapshots(outside(addressOf)),
  })
  server.addService(serviceNamed('Lease').service, { ...unaries(lease), LeaseKeepAlive: door.keepAlives })
  server.addService(serviceNamed('Watch').service, { Watch: door.watches })
}

class Door {
  readonly #live: LiveWorld
  readonly #member: ProcessId

  constructor(live: LiveWorld, member: ProcessId) {
    this.#live = live
    this.#member = member
  }

  get #state(): EtcdState {
    return this.#live.world.stateOf<EtcdState>(this.#member)
  }

  /** The response with the identities that only its top header has. */
  #identified(wire: Wire): Wire {
    const { clusterId, id, node } = this.#state
    return {
      ...wire,
      header: { ...wire.header, cluster_id: clusterId, member_id: id, raft_term: node?.raft.term ?? 0 },
    }
  }

  #ask(body: Body, then: (failure: Failure | undefined, response?: EtcdResponse) => void): void {
    this.#live.call(this.#member, body, (heard) => {
      const failure = failureOf(heard)
      then(failure, failure ? undefined : (heard.body as EtcdResponse))
    })
  }

  unary({ request, response }: Unary) {
    return (call: ServerUnaryCall<Wire, Wire>, callback: sendUnaryData<Wire>): void => {
      this.#ask(request(call.request) as EtcdRequest, (failure, answer) =>
        failure ? callback(failure) : callback(null, this.#identified(response(answer!))),
      )
    }
  }

  snapshots(there: Outside) {
    return (call: ServerWritableStream<Wire, Wire>): void => {
      this.#ask({ type: 'Snapshot' }, (failure, answer) => {
        if (failure) return void call.emit('error', failure)
        const pieces = snapshotPieces(answer as SnapshotResponse, there)
        // As fast as the other side reads.
        const send = (): void => {
          for (let next = pieces.next(); ; next = pieces.next()) {
            if (next.done) return void call.end()
            if (!call.write(next.value)) return void call.once('drain', send)
          }
        }
        send()
      })
    }
  }

  readonly keepAlives = (call: ServerDuplexStream<Wire, Wire>): void => {
    call.on('data', ({ ID }: Wire) => {
      this.#ask({ type: 'LeaseKeepAlive', id: ID } as Body, (failure, answer) => {
        if (failure) return void call.emit('error', failure)
        const { id, ttl, header } = answer as Extract<EtcdResponse, { type: 'LeaseKeepAliveResponse' }>
        call.write(this.#identified({ header, ID: id, TTL: ttl }))
      })
    })
    call.on('end', () => call.end())
  }

  readonly watches = (call: ServerDuplexStream<Wire, Wire>): void => {
    let stream: number | undefined
    let unread = 0
    let isFlowing = true
    const read = (): void => {
      if (stream === undefined || unread === 0 || !isFlowing) return
      const body = { type: 'WatchWindow', responses: unread } as Body
      unread = 0
      this.#live.say(stream, body)
    }
    call.on('drain', () => {
      isFlowing = true
      read()
    })
    const tell = (response: WatchResponse): void => {
      isFlowing = call.write(this.#identified(watchResponse(response)))
      if (response.events.length > 0 && !response.fragment) unread++
      read()
    }
    const hear = (heard: Heard): void => {
      if (heard.how === 'data') return tell(heard.body as WatchResponse)
      const failure = failureOf(heard)
      if (failure) call.emit('error', failure)
      else call.end()
    }
    call.on('data', (wire: Wire) => {
      const body = watchRequest(wire)
      if (stream !== undefined) return this.#live.say(stream, body)
      stream = this.#live.call(this.#member, body, hear)
      read()
    })
    const hangUp = (): void => {
      if (stream !== undefined) this.#live.hangUp(stream)
      stream = undefined
    }
    call.on('cancelled', hangUp)
    call.on('end', () => {
      hangUp()
      call.end()
    })
  }
}

function watchRequest(wire: Wire): Body {
  if (wire.create_request) return watchCreateRequest(wire.create_request, WINDOW)
  if (wire.cancel_request) return { type: 'WatchCancel', watchId: Number(wire.cancel_request.watch_id) } as Body
  return { type: 'WatchProgress' }
}

function failureOf({ how, body }: Heard): Failure | undefined {
  if (how !== 'done') return { code: status.UNAVAILABLE, details: `etcd is not there: ${how}` }
  if (body?.type !== 'Error') return undefined
  const { code, message } = body as ErrorResponse
  return { code: CODES[code], details: message }
}
