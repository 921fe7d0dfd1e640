/**
 * The back door of a cluster that is up, for whoever started it: faults, and the world as a file. HTTP on the loopback interface,
 * opened by a secret that lies in a file beside the kubeconfig (mode 0600), which goes when the cluster goes.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter } from 'node:path'
import { BadFault, type Fault, inForce, machinesOf, planFault, processesOf } from './faults.ts'
import { foreign } from './kube-apiserver/guard.ts'
import type { LiveWorld } from './live-world.ts'

export type { Fault }

export interface ControlPort {
  close(): void
}

/** What the file says. */
interface Secret {
  readonly url: string
  readonly token: string
}

/** What can be broken, and what is. */
export interface FaultList {
  readonly processes: readonly string[]
  readonly machines: readonly string[]
  readonly inForce: readonly string[]
}

const BODY_MAX = 64 * 1_024

/** Of the cluster whose kubeconfig that is. */
export const controlFileOf = (kubeconfig: string): string => `${kubeconfig}.control`

/** @param save the world as text @throws Error where the file cannot be written */
export async function serveControl(live: LiveWorld, kubeconfig: string, save: () => string): Promise<ControlPort> {
  const token = randomBytes(24).toString('base64url')
  const file = controlFileOf(kubeconfig)
  const bound = { port: 0 }
  const server = createServer((message, answer) => {
    const refused = foreign(message.headers, bound.port)
    if (refused !== undefined || !isToken(message, token)) return reply(answer, 403, { error: refused ?? 'the token' })
    void bodyOf(message).then(
      (body) => serve(live, save, `${message.method} ${message.url}`, body, answer),
      () => answer.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  bound.port = (server.address() as AddressInfo).port
  const text = JSON.stringify({ url: `http://127.0.0.1:${bound.port}`, token } satisfies Secret)
  writeFileSync(file, text, { mode: 0o600 })
  chmodSync(file, 0o600)
  return {
    close() {
      if (existsSync(file) && readFileSync(file, 'utf8') === text) rmSync(file)
      server.close()
      server.closeAllConnections()
    },
  }
}

function isToken({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '')
  const right = Buffer.from(`Bearer ${token}`)
  return given.length === right.length && timingSafeEqual(given, right)
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of message as AsyncIterable<Buffer>) {
    text += part.toString()
    if (text.length > BODY_MAX) throw new Error('too long')
  }
  return text
}

function reply(answer: ServerResponse, status: number, body: string | object): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  answer.writeHead(status, { 'content-type': 'application/json' }).end(text)
}

function serve(live: LiveWorld, save: () => string, asked: string, body: string, answer: ServerResponse): void {
  try {
    if (asked === 'GET /world') return reply(answer, 200, save())
    const { world } = live
    if (asked === 'GET /faults') {
      const list = { processes: processesOf(world), machines: machinesOf(world), inForce: inForce(world) }
      return reply(answer, 200, list satisfies FaultList)
    }
    if (asked !== 'POST /faults') return reply(answer, 404, { error: `${asked} is not there` })
    const fault = JSON.parse(body) as Fault
    const { commands, undo, said } = planFault(world, fault)
    live.command(commands)
    if (undo.length > 0) live.command(undo, fault.forMicros)
    reply(answer, 200, { said })
  } catch (error) {
    reply(answer, error instanceof BadFault ? 400 : 500, { error: (error as Error).message })
  }
}

// ── the other side ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Nobody answers, or not as hoped: what a person reads. */
export class NoAnswer extends Error {}

/**
 * The kubeconfig of the cluster that is meant: the one that was given; else the one that KUBECONFIG names for kubectl, where a cluster of
 * ours is up behind it; else the one that `up` writes unasked.
 */
export function kubeconfigMeant(given: string | undefined, env: NodeJS.ProcessEnv, unasked: string): string {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter)
  return given ?? named.find((file) => file !== '' && existsSync(controlFileOf(file))) ?? unasked
}

/** Asks the cluster whose kubeconfig that is. @returns what it says, as text @throws NoAnswer */
export async function askControl(kubeconfig: string, method: string, path: string, body?: Fault): Promise<string> {
  const file = controlFileOf(kubeconfig)
  if (!existsSync(file))
    throw new NoAnswer(
      `no cluster is up here: ${file} is not there. Start one with clusterwright up, or name its file with --kubeconfig`,
    )
  const { url, token } = secretIn(file)
  let answer: Response
  try {
    const init = { method, headers: { authorization: `Bearer ${token}` } }
    answer = await fetch(`${url}${path}`, { ...init, ...(body && { body: JSON.stringify(body) }) })
  } catch (error) {
    throw new NoAnswer(`the cluster of ${kubeconfig} is no longer up. Start one with clusterwright up`, {
      cause: error,
    })
  }
  const text = await answer.text()
  if (answer.ok) return text
  throw new NoAnswer((JSON.parse(text) as { error: string }).error)
}

function secretIn(file: string): Secret {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secret
  } catch (error) {
    throw new NoAnswer(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
