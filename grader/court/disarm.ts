/**
 * Takes from this process what a grader never needs, for the day that something breaks out of the first wall.
 *
 * It is the weaker half of the second wall: Node's permission model and the operating system refuse from outside, while this
 * runs in the very process it disarms. Code that is free there, and not merely confused, may find a way around it.
 */
import child from 'node:child_process'
import cluster from 'node:cluster'
import dgram from 'node:dgram'
import dns from 'node:dns'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import inspector from 'node:inspector'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import process from 'node:process'
import tls from 'node:tls'
import threads from 'node:worker_threads'

const MODULES: Readonly<Record<string, object>> = {
  ...{ child_process: child, cluster, dgram, dns, http, http2, https, inspector, net, tls, worker_threads: threads },
  ...{ 'dns.promises': dns.promises, 'net.Socket.prototype': net.Socket.prototype },
  ...{ 'net.Server.prototype': net.Server.prototype, 'dgram.Socket.prototype': dgram.Socket.prototype },
  process,
  globalThis,
}

/** Functions by module that are refused. Whole modules where nothing of them is of use. */
const REFUSED: Readonly<Record<string, readonly string[] | 'all'>> = {
  ...{ child_process: 'all', cluster: 'all', dgram: 'all', dns: 'all', 'dns.promises': 'all' },
  ...{ http: 'all', http2: 'all', https: 'all', inspector: 'all', tls: 'all' },
  net: ['connect', 'createConnection', 'createServer', 'Server'],
  'net.Socket.prototype': ['connect'],
  'net.Server.prototype': ['listen'],
  'dgram.Socket.prototype': ['bind', 'connect', 'send'],
  worker_threads: ['Worker'],
  process: ['kill', 'abort', 'binding', '_linkedBinding', 'dlopen', 'chdir', 'setuid', 'setgid', 'getBuiltinModule'],
  globalThis: ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'],
}

/** Refuses them from now on. Call it once all modules are loaded. */
export function disarm(): void {
  for (const [name, which] of Object.entries(REFUSED)) {
    const holder = MODULES[name] as Record<string, unknown>
    const keys = which === 'all' ? Object.keys(holder).filter((key) => typeof holder[key] === 'function') : which
    for (const key of keys) if (key in holder) refuse(holder, name, key)
  }
  syncBuiltinESMExports()
}

function refuse(holder: Record<string, unknown>, name: string, key: string): void {
  // A function of the old kind: some of them are called with `new`.
  const value = function (): never {
    throw new Error(`${name}.${key} is not for a worker that grades`)
  }
  try {
    Object.defineProperty(holder, key, { value, writable: false, configurable: false })
  } catch {
    // Some of them cannot be changed in some version of Node: they are refused from outside all the same.
  }
}
