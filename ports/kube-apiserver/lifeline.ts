/**
 * The port is open for as long as somebody listens behind it: while the simulated API server is down, connections are refused, and
 * those that were there when it died have been reset with it. A load balancer lives on, and so does its port.
 *
 * What we leave out: a server that is started and does not serve yet takes connections already; they wait.
 */
import type { Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { ProcessId } from '#cluster/kernel/component.ts'
import type { Report } from '../defects.ts'
import type { LiveWorld } from '../live-world.ts'

/** How often it is looked whether the process lives. */
const LOOK_MS = 20

export interface Lifeline {
  readonly live: LiveWorld
  readonly server: ProcessId
  /** Told where the port cannot be had again, once. */
  readonly report: Report
}

/** @param https a server that listens already */
export function tieToProcess(https: Server, { live, server, report }: Lifeline): { end(): void } {
  const { port, address } = https.address() as AddressInfo
  /** When each was made: in which life of the process. */
  const connections = new Map<Socket, number>()
  const life = (): number => {
    const process = live.world.process(server)
    return process?.up ? process.incarnation : DOWN
  }
  // Before TLS has a say: whoever has just died does not shake hands.
  https.prependListener('connection', (socket: Socket) => {
    const born = life()
    if (born === DOWN) return void socket.resetAndDestroy()
    connections.set(socket, born)
    socket.once('close', () => connections.delete(socket))
  })
  let told = false
  https.on('error', (error) => {
    if (!told) report(`port ${port}`, error, 'it is tried again')
    told = true
  })
  let isOpen = true
  https.on('listening', () => (isOpen = true))
  const looking = setInterval(() => {
    const now = life()
    for (const [socket, born] of connections) if (born !== now) socket.resetAndDestroy()
    if (isOpen === (now !== DOWN)) return
    isOpen = false
    if (now === DOWN) https.close()
    else if (!https.listening) https.listen(port, address)
  }, LOOK_MS)
  return { end: () => clearInterval(looking) }
}

const DOWN = 0
