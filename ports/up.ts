/** What `clusterwright up` brings up: a world that lives, and its doors. */
import { API_SERVER, bootCluster, etcdMembersOf, KUBECTL, LOAD_BALANCER } from '#cluster/cluster.ts'
import { FORMER_RESOURCES } from '#cluster/api/former-resources.ts'
import type { HttpRequest } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { readSchemas } from '#cluster/api/schema/schema.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import type { World, WorldOptions } from '#cluster/kernel/world.ts'
import { kubeApiserverWith } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { kubeControllerManagerWith } from '#cluster/kube-controller-manager/kube-controller-manager.ts'
import { caller } from './caller.ts'
import { serveControl } from './control.ts'
import { contain, type Report, reporter } from './defects.ts'
import { etcdAloneWorld } from './etcd/alone.ts'
import { type EtcdPorts, serveEtcd } from './etcd/serve.ts'
import { replay } from './journal.ts'
import {
  type Authority,
  authorityOf,
  frontProxyAuthority,
  newAuthority,
  newKey,
  numbersOf,
} from './kube-apiserver/certificates.ts'
import { certifier } from './kube-apiserver/certify.ts'
import { descriptions } from './kube-apiserver/descriptions.ts'
import { kubeconfig, refuseForeign, removeKubeconfig, writeKubeconfig } from './kube-apiserver/kubeconfig.ts'
import { refuseForeignDir, writeKubernetesDir } from './kube-apiserver/kubernetes-dir.ts'
import { newTokens, personas, PERSONAS_MANIFEST } from './kube-apiserver/personas.ts'
import { serveApi } from './kube-apiserver/serve.ts'
import { LiveWorld } from './live-world.ts'
import { type Genesis, readWorld, worldText, writeWorld } from './saved-world.ts'

/** The doors of a world. */
export interface DoorOptions {
  /** Virtual seconds in a real one; 0: time stands still. */
  readonly speed: number
  /** Both: 0 takes a free one. Members of etcd are on this port and the next ones, in the order of their names. */
  readonly etcdPort: number
  readonly port: number
  /** Where the credentials are written. */
  readonly kubeconfig: string
  /** A folder for what a control-plane program of somebody else's needs. */
  readonly kubernetesDir?: string | undefined
  /** A file in which the world is kept when it stops. */
  readonly save?: string | undefined
  /** Where our own mistakes are told; default: nowhere. */
  readonly warn?: ((text: string) => void) | undefined
}

/** A world that begins now, by this machine's clock. */
export interface NewWorldOptions extends Omit<
  Genesis,
  'epochMicros' | 'metrics' | 'tokens' | 'serviceAccountSigner' | 'authority'
> {
  readonly load?: undefined
}

/** A world that goes on. */
export interface LoadOptions {
  readonly load: string
}

export type UpOptions = DoorOptions & (NewWorldOptions | LoadOptions)

export interface Up {
  /** What to try. */
  readonly greeting: string
  readonly live: LiveWorld
  /** Closes the doors; a second call does nothing. @throws Error where the world could not be kept */
  stop(): void
}

/** Real clients send what they like, and ask what there is. */
const typedApiserver = kubeApiserverWith(readSchemas(builtInSchemas.data, descriptions())) as Component

/** How long the cluster takes to come up; it has done so before anybody is let in. */
const COMING_UP_MICROS = 30_000_000

const HOW_TO_REPORT =
  'Please report it, with the file that clusterwright world save FILE writes: it tells the whole story again.'

/** @throws Error that says what is in the way, and the remedy */
export async function bringUp(options: UpOptions): Promise<Up> {
  const report: Report = options.warn ? reporter(options.warn, HOW_TO_REPORT) : () => {}
  if (!isAlone(options)) refuseForeign(options.kubeconfig)
  if (options.kubernetesDir !== undefined) refuseForeignDir(options.kubernetesDir)
  const { genesis, booted, live } = begin(options, report)
  const closers: (() => void)[] = [() => live.stop()]
  const close = (): void => closers.splice(0).forEach((closer) => closer())
  try {
    const text = (): string => worldText(genesis, live.world, live.journal())
    const control = await serveControl(live, options.kubeconfig, text)
    closers.unshift(() => control.close())
    const etcd = await etcdDoor(live, booted.members, options.etcdPort)
    closers.unshift(() => etcd.close())
    const greeting = booted.server
      ? await apiDoor(options, { live, server: booted.server, genesis, report }, closers)
      : ''
    const stop = (): void => {
      const isFirst = closers.length > 0
      const kept = isFirst && options.save !== undefined ? text() : undefined
      close()
      if (kept !== undefined) writeWorld(options.save!, kept)
    }
    return { greeting: greeting + etcdGreeting(etcd), live, stop }
  } catch (error) {
    close()
    throw error
  }
}

/** From now on no error ends this process: it is told instead, until `end`. */
export function surviving(warn: (text: string) => void): { end(): void } {
  const report = reporter(warn, HOW_TO_REPORT)
  const hear = (error: unknown): void => report('something outside the simulation', error, 'its connection has ended')
  process.on('uncaughtException', hear)
  process.on('unhandledRejection', hear)
  return {
    end() {
      process.off('uncaughtException', hear)
      process.off('unhandledRejection', hear)
    },
  }
}

const isAlone = (options: UpOptions): boolean => options.load === undefined && options.nodes === undefined

interface Booted {
  readonly world: World
  /** The process that speaks for whoever is outside. */
  readonly door: ProcessId
  /** The API server that is asked; undefined: etcd alone. */
  readonly server: ProcessId | undefined
  readonly members: readonly ProcessId[]
}

/** A new world, or one from a file, at the moment in which it was saved. */
function begin(
  options: UpOptions,
  report: Report,
): { readonly genesis: Genesis; readonly booted: Booted; readonly live: LiveWorld } {
  const { speed } = options
  if (options.load === undefined) {
    const { seed, nodes, controlPlanes, etcd, without } = options
    const epochMicros = Date.now() * 1_000 - (nodes === undefined ? 0 : COMING_UP_MICROS)
    const authority = newAuthority(epochMicros / 1_000)
    const secrets = { tokens: newTokens(), serviceAccountSigner: newKey(), authority }
    const what = { seed, nodes, controlPlanes, etcd, without, epochMicros, metrics: true }
    const genesis: Genesis = { ...what, ...secrets }
    const booted = boot(genesis, contain(report))
    return { genesis, booted, live: new LiveWorld(booted.world, booted.door, { speed, report }) }
  }
  const { genesis, entries, untilMicros, verify } = readWorld(options.load)
  const booted = boot(genesis, contain(report))
  replay(booted.world, entries, untilMicros)
  verify(booted.world)
  return { genesis, booted, live: new LiveWorld(booted.world, booted.door, { speed, entries, report }) }
}

interface Behind {
  readonly live: LiveWorld
  readonly server: ProcessId
  readonly genesis: Genesis
  readonly report: Report
}

async function apiDoor(
  { port, kubeconfig: file, kubernetesDir }: DoorOptions,
  { live, server, genesis, report }: Behind,
  closers: (() => void)[],
): Promise<string> {
  const { tokens, epochMicros, without = [] } = genesis
  const sinceMs = epochMicros / 1_000
  const own = genesis.authority ?? newAuthority(sinceMs)
  const authority = authorityOf(own, sinceMs)
  const clock = (): number => epochMicros + live.world.now
  const api = await serveApi({ live, server, authority, clock, port, report }).catch((error: Error) => {
    throw taken(error, port, '--port')
  })
  closers.unshift(() => api.close())
  live.call(server, whoVouches(authority, frontProxyAuthority(sinceMs)), () => {})
  const url = `https://127.0.0.1:${api.port}`
  const text = kubeconfig({ server: url, authority, tokens })
  writeKubeconfig(file, text)
  closers.unshift(() => removeKubeconfig(file, text))
  if (kubernetesDir !== undefined)
    closers.unshift(
      writeKubernetesDir(kubernetesDir, { server: url, authority, own, signer: genesis.serviceAccountSigner }),
    )
  const missing = without.length > 0 ? missingGreeting(without, kubernetesDir) : ''
  return apiGreeting(file) + missing + (live.speed > 1 ? aheadGreeting(live.speed, without) : '')
}

/** What an API server itself keeps up to date, for servers beside it: by whose certificates they may know a client. */
function whoVouches({ cert }: Authority, frontProxy: string): HttpRequest {
  const [namespace, name] = ['kube-system', 'extension-apiserver-authentication']
  return {
    type: 'request',
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
    query: { fieldManager: 'kube-apiserver', force: 'true' },
    headers: { 'content-type': 'application/apply-patch+yaml' },
    user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
    body: deepFreeze({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: {
        'client-ca-file': cert,
        'requestheader-allowed-names': '["front-proxy-client"]',
        'requestheader-client-ca-file': frontProxy,
        'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
        'requestheader-group-headers': '["X-Remote-Group"]',
        'requestheader-username-headers': '["X-Remote-User"]',
      },
    }),
  }
}

const etcdDoor = (live: LiveWorld, members: readonly ProcessId[], port: number): Promise<EtcdPorts> =>
  serveEtcd(live, members, port).catch((error: Error) => {
    throw taken(error, port, '--etcd-port')
  })

const taken = (error: Error, port: number, option: string): Error =>
  new Error(
    `port ${port} cannot be served: ${error.message}. Name another with ${option}, or end what has it (perhaps another clusterwright)`,
    { cause: error },
  )

/** Stacked, each control plane has its member. */
const membersIn = ({ controlPlanes, etcd }: Genesis): number => (etcd === 'stacked' ? controlPlanes : 3)

function boot(genesis: Genesis, onDefect: NonNullable<WorldOptions['onDefect']>): Booted {
  const {
    seed,
    nodes,
    controlPlanes,
    etcd,
    epochMicros,
    metrics = false,
    without = [],
    tokens,
    serviceAccountSigner: signer,
    authority,
  } = genesis
  if (nodes === undefined)
    return { ...etcdAloneWorld({ seed, epochMicros, size: membersIn(genesis), onDefect }), server: undefined }
  const cluster = { controlPlanes, etcdMembers: membersIn(genesis), topology: etcd, without } as const
  const signs = authority && { 'kube-controller-manager': kubeControllerManagerWith(certifier(authority)) as Component }
  const components = { caller, 'kube-apiserver': typedApiserver, ...signs }
  const common = { seed, nodes, epochMicros, metrics, components, tokens, onDefect }
  // So that somebody's own kube-scheduler or kube-controller-manager, an older one too, can stand by and take over.
  const key = numbersOf(signer)
  const guests = {
    leaderElect: true,
    apiServer: {
      runtimeConfig: FORMER_RESOURCES.map(apiVersionOf),
      serviceAccountSigningKey: key,
      serviceAccountKeys: [key],
    },
  }
  const world = bootCluster({ ...common, ...cluster, ...guests, chain: 'full' })
  const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin: PERSONAS_MANIFEST } as const
  world.command(3_000_000, { type: 'tell', process: KUBECTL, body })
  const door = world.addProcess({ machine: 'laptop', name: 'caller', component: 'caller', options: {} })
  world.run({ untilMicros: COMING_UP_MICROS })
  const server = controlPlanes > 1 ? LOAD_BALANCER : API_SERVER
  return { world, door, server, members: etcdMembersOf({ seed, ...cluster }) }
}

const etcdGreeting = ({ endpoints }: EtcdPorts): string =>
  `etcd:  ETCDCTL_API=3 etcdctl --endpoints ${endpoints.join()}\n`

const missingGreeting = (without: readonly string[], folder: string | undefined): string =>
  `There is no ${without.join(' and no ')}: start your own${folder === undefined ? '' : `, with what is in ${folder}`}.\n`

/** A program outside reads the clock on the wall: there is no telling it another. */
const aheadGreeting = (speed: number, without: readonly string[]): string =>
  `Time runs ${speed} times as fast as yours: ages that kubectl reckons itself (describe, events) read <invalid>.\n` +
  (without.length === 0
    ? ''
    : `Warning: a ${without.join(' or ')} of your own goes by your clock, which falls behind this one: ` +
      `${without.includes('kube-controller-manager') ? 'CronJobs do not come due, tokens end too early, ' : ''}back-offs seem long. --speed 1 keeps both in step.\n`)

const apiGreeting = (file: string): string => `The cluster is up. Point your own kubectl at it:
  export KUBECONFIG=${file}
  kubectl get nodes
  kubectl create deployment web --image=nginx --replicas=3
  kubectl get pods -o wide --watch
Break it, from another terminal:
  clusterwright fault list
  clusterwright fault stop-node node-1 --for 2m
You are ${personas[0]!.name}. With --context you are somebody else:
${personas
  .slice(1)
  .map(({ context, name, what }) => `  ${context.padEnd(10)} ${name}, who ${what}\n`)
  .join('')}`
