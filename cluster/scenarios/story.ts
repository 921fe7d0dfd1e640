/**
 * A story: a script played on a cluster, remembered so that every moment of it can be visited again.
 *
 * Commands:
 *   boot [nodes=N] [seed=N] [cpu=…] [memory=…] [dns=false] [control-plane-node=false] [control-planes=N]
 *        [etcd-members=N] [topology=external]
 *                                      a cluster; input lines `node NAME k=v …` give labels (`label:k=v`), taints
 *                                      (`taint:k=v:Effect`) and capacity (`cpu=…`) of single nodes; or lines
 *                                      `machine NAME program …`: machines and what runs on each
 *                                      `scheduler=NAME`: a second scheduler for Pods that name it, not started
 *        [chain=full] [audit=NAMESPACE] [clients=MACHINE/NAME,…] [webhook=LABEL] [reader=NAMESPACE] [bookmarks=false] [window=N]
 *        [metrics=true] [apiserver=orders]
 *                                      every stage of the API server; what is asked of that namespace is written down; programs
 *                                      that `ask` can name; a webhook `webhook.policy` that wants that label on everything;
 *                                      `edge/reader` that keeps a copy of that namespace's ConfigMaps; how many events a watch
 *                                      cache keeps at least; metrics-server; `orders.shop`, an API server of somebody's own
 *   boot etcd=N [joining=N] [seed=N]   no cluster but etcd alone: members etcd-1 … on machines of their own, and machines
 *                                      whose etcd joins once it is started; what is typed is `etcdctl`; `bug=NAME` is one of the
 *                                      bug museum’s
 *   etcdctl …                          typed on the laptop. `&` at the end: the story goes on without waiting for the answer
 *   etcdutl snapshot restore FILE [--bump-revision=N] [--mark-compacted]
 *                                      every member of etcd is stopped, gets its disk from what `etcdctl snapshot save FILE`
 *                                      has saved, and is started; `boot … etcdctl=true` puts etcdctl beside kubectl
 *   kubectl …                          typed on the laptop; `-f -` reads the input. Prints what it prints, if it does so within a minute
 *   ask WHO METHOD PATH [CREDENTIALS]  the `dashboard` or the `program` on the laptop, or a `MACHINE/NAME`, sends this request, with
 *                                      the input as its body; what it shows is told in `credentials.ts`;
 *                                      `boot … authorization=RBAC tokens=ana,ben` gives people the tokens `token-of-ana` …
 *   run DURATION                       lets time pass
 *   run until CONDITION [within D]     … up to the event after which it holds; fails if it does not within 10 minutes
 *   fault TYPE key=value …             any kernel command: powerOff machine=node-2, crash process=cp-1/etcd, heal …
 *                                      `@POD` stands for the machine where a Pod of that name, or that beginning, runs
 *   kill POD [CONTAINER]               a container's program dies, as by the kernel's OOM killer; POD is a name or how it begins
 *   load POD [memory=500Mi] [cpu=250m] so much is asked of the `burn` in a Pod; with `boot … eviction=true` kubelets end Pods when
 *                                      memory runs short
 *   answers POD [N]                    the last N outcomes (3) of the requests that the Pod's `client` program has made
 *   identities k=v                     name, UID, address, node and restarts of the Pods with these labels
 *   time                               virtual time now
 */
import type { Command } from '#cluster/kernel/command.ts'
import { API_SERVER, bootCluster, etcdMembersOf, KUBECTL } from '#cluster/cluster.ts'
import {
  type ClusterOptions,
  CONTROL_PLANE_PROGRAMS,
  type MachineOptions,
  NODE_PROGRAMS,
  type NodeSpecOptions,
  type Program,
} from '#cluster/cluster-options.ts'
import type { Taint } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { History } from '#cluster/kernel/history.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { RestClientState } from '#cluster/kubectl/rest-client.ts'
import { parseManifests } from '#cluster/api/yaml.ts'
import type { KubectlState } from '#cluster/kubectl/kubectl.ts'
import { etcdctl, type EtcdctlState } from '#cluster/etcdctl/etcdctl.ts'
import { formatMicros, parseDuration } from './duration.ts'
import { bootEtcd, ETCDCTL } from './etcd-world.ts'
import { addBeside, withBeside } from './beside.ts'
import { credentialsOf } from './credentials.ts'
import { museumBug } from './museum-bugs.ts'
import { loadCommand } from './load.ts'
import { RESTORE_MICROS, restoreCommands } from './restore.ts'
import { answersOf, containerProcess, identitiesOf, machineOf, parseCondition, storeRevision } from './look.ts'
import { type Block, parseScript } from './script.ts'
import { expand, piped } from './shell.ts'

/** One block that has been played. */
export interface Scene {
  readonly block: Block
  readonly output: string
  /** Ticks and times before and after it. */
  readonly from: { readonly tick: number; readonly at: Micros }
  readonly to: { readonly tick: number; readonly at: Micros }
}

export interface Story {
  readonly history: History
  readonly scenes: readonly Scene[]
}

/** Events between checkpoints of a world that is looked at: they cost much more than a checkpoint, and a seek runs at most so many again. */
export const CHECKPOINT_EVENTS = 50

/** How long `run until` looks, and how long a kubectl command may take. */
const UNTIL_MICROS = 600_000_000
const KUBECTL_MICROS = 60_000_000

export interface StoryOptions {
  /** Overrides the script's own seed. */
  readonly seed?: number
  /** Added to what `boot` says. */
  readonly cluster?: Partial<ClusterOptions>
  /** Called on the world before anything runs. */
  readonly prepare?: (world: World) => void
}

export function playStory(script: string, file = 'story', options: StoryOptions = {}): Story {
  const player = new Player(options)
  const scenes = parseScript(script, file).map((block) => {
    const from = player.moment()
    let output: string
    try {
      output = player.play(block)
    } catch (error) {
      throw new Error(`${file}:${block.line}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
    return { block, output, from, to: player.moment() }
  })
  if (!player.history) throw new Error(`${file}: the story has no "boot" command; begin with one`)
  return { history: player.history, scenes }
}

class Player {
  history: History | undefined
  #options: StoryOptions
  #kubectlCalls = 0

  constructor(options: StoryOptions) {
    this.#options = options
  }

  moment() {
    return { tick: this.history?.head.tick ?? 0, at: this.history?.head.now ?? 0 }
  }

  play(block: Block): string {
    if (block.command === 'boot') return this.#boot(block)
    const history = this.history
    if (!history) throw new Error(`"${block.command}" before "boot": there is no cluster yet`)
    switch (block.command) {
      case 'kubectl':
        return this.#kubectl(history, block)
      case 'etcdctl':
        return this.#etcdctl(history, block.args)
      case 'etcdutl':
        return this.#restore(history, block.args)
      case 'ask':
        return this.#ask(history, block)
      case 'run':
        return this.#run(history, block.args)
      case 'fault':
        return this.#fault(history, block.args)
      case 'kill':
        return this.#fault(history, [
          'crash',
          `process=${containerProcess(history.head, block.args[0]!, block.args[1])}`,
        ])
      case 'load':
        history.command(history.head.now, loadCommand(history.head, block.args))
        return this.#run(history, ['1ms'])
      case 'answers':
        return answersOf(history.head, block.args[0]!, Number(block.args[1] ?? 3))
      case 'identities':
        return identitiesOf(history.head, block.args[0]!)
      case 'time':
        return formatMicros(history.head.now)
      default:
        throw new Error(
          `"${block.command}" is no command of a story; there are: boot, kubectl, etcdctl, etcdutl, ask, run, fault, kill, load, answers, identities, time`,
        )
    }
  }

  #boot(block: Block): string {
    const fields = pairs(block.args)
    const world = fields['etcd'] === undefined ? this.#bootCluster(fields, block.input) : this.#bootEtcd(fields)
    this.#options.prepare?.(world)
    this.history = new History(world, CHECKPOINT_EVENTS)
    return ''
  }

  #bootEtcd({ etcd, joining = '0', seed = '1', bug }: Record<string, string>): World {
    return bootEtcd({
      seed: this.#options.seed ?? Number(seed),
      members: Number(etcd),
      joining: Number(joining),
      ...(bug && { wrap: museumBug(bug) }),
    })
  }

  #bootCluster(fields: Record<string, string>, input: string): World {
    const {
      seed = 1,
      nodes = 3,
      dns,
      'control-plane-node': controlPlane,
      'control-planes': controlPlanes = 1,
      'etcd-members': etcdMembers = 1,
      topology,
      etcdctl: withEtcdctl,
      authorization,
      tokens,
      scheduler,
      chain,
      audit,
      clients,
      webhook,
      reader,
      bookmarks,
      window,
      metrics,
      apiserver,
      eviction,
      ...capacity
    } = fields as Record<string, any>
    const lines = input.split('\n').filter(Boolean)
    const machines = lines.filter((line) => line.startsWith('machine ')).map(parseMachine)
    const listed = lines.filter((line) => line.startsWith('node ')).map(parseNode)
    const unnamed = Array.from({ length: Number(nodes) }, (_, i) => ({ name: `node-${i + 1}` }))
    const all = unnamed.map((node): NodeSpecOptions => {
      const given = listed.find(({ name }) => name === node.name)
      const resources = { ...DEFAULT_RESOURCES, ...capacity, ...given?.capacity }
      return { ...node, ...given, capacity: resources }
    })
    const clusterOptions: ClusterOptions = {
      seed: this.#options.seed ?? Number(seed),
      nodes: all,
      dns: dns !== 'false',
      controlPlaneNode: controlPlane !== 'false',
      ...(machines.length > 0 && { machines }),
      controlPlanes: Number(controlPlanes),
      etcdMembers: Number(etcdMembers),
      ...(topology && { topology }),
      ...(authorization && { authorization }),
      ...(tokens && { tokens: tokensOf(tokens) }),
      ...(chain && { chain }),
      metrics: metrics === 'true',
      ...(window && { apiServer: { watchCacheEvents: Number(window) } }),
      ...(audit && { apiServer: { auditPolicy: { rules: [{ level: 'Metadata', namespaces: [audit] }] } } }),
      ...(eviction === 'true' && { nodePressureEviction: true }),
      ...this.#options.cluster,
    }
    if (withEtcdctl !== 'true') {
      const world = bootCluster(withBeside(clusterOptions))
      addBeside(world, { clients, webhook, reader, bookmarks, apiserver })
      if (scheduler) addScheduler(world, scheduler)
      return world
    }
    const world = bootCluster({ ...clusterOptions, components: { etcdctl, ...clusterOptions.components } })
    const options = { endpoints: etcdMembersOf(clusterOptions) }
    world.addProcess({ machine: 'laptop', name: 'etcdctl', component: 'etcdctl', options })
    return world
  }

  #kubectl(history: History, { args, input }: Block): string {
    const id = ++this.#kubectlCalls
    const body = { type: 'kubectl', id, args, ...(input && { stdin: input }) }
    history.command(history.head.now, { type: 'tell', process: KUBECTL, body })
    const state = () => history.head.stateOf<KubectlState>(KUBECTL)
    const entry = () => state().transcript.get(id)
    const answered = () => entry()?.exitCode !== undefined
    history.run({ until: answered, untilMicros: history.head.now + KUBECTL_MICROS })
    const result = entry()
    if (result?.exitCode === undefined) return `(no answer within ${KUBECTL_MICROS / 1e6} s)`
    return (result.output + result.errors).replace(/\n$/, '')
  }

  #etcdctl(history: History, words: readonly string[]): string {
    const id = ++this.#kubectlCalls
    const waits = words.at(-1) !== '&'
    const { args, cut } = piped(waits ? words : words.slice(0, -1))
    const body = { type: 'etcdctl', id, args: args.map(expand) }
    history.command(history.head.now, { type: 'tell', process: ETCDCTL, body })
    const entry = () => history.head.stateOf<EtcdctlState>(ETCDCTL).transcript.get(id)
    const isDone = () => (waits ? entry()?.exitCode !== undefined : entry() !== undefined)
    history.run({ until: isDone, untilMicros: history.head.now + KUBECTL_MICROS })
    const { output = '', exitCode } = entry() ?? {}
    return waits ? (exitCode === 0 ? cut(output) : output) : ''
  }

  #restore(history: History, args: readonly string[]): string {
    const now = history.head.now
    for (const [after, command] of restoreCommands(history.head, args)) history.command(now + after, command)
    history.run({ untilMicros: now + RESTORE_MICROS })
    return ''
  }

  #ask(history: History, { args: [who = '', method, path, ...shown], input }: Block): string {
    const process = who.includes('/') ? who : `laptop/${who}`
    const id = ++this.#kubectlCalls
    const [object] = parseManifests(input)
    const credentials = credentialsOf(history.head, shown)
    const body = { type: 'rest', id, method, path, ...(object && { object }), ...credentials }
    history.command(history.head.now, { type: 'tell', process, body })
    const answer = () => history.head.stateOf<RestClientState>(process).answers.get(id)
    history.run({ until: () => answer() !== undefined, untilMicros: history.head.now + KUBECTL_MICROS })
    const { status, text } = answer() ?? { status: 0, text: 'no answer' }
    // A web server's own page says its code itself.
    return text.startsWith(`${status} `) ? text : `${status} ${text}`.trim()
  }

  #run(history: History, args: readonly string[]): string {
    if (args[0] !== 'until') {
      history.run({ untilMicros: history.head.now + parseDuration(args[0] ?? '') })
      return ''
    }
    const within = args.indexOf('within')
    const limit = within < 0 ? UNTIL_MICROS : parseDuration(args[within + 1] ?? '')
    const condition = parseCondition(args.slice(1, within < 0 ? undefined : within))
    // Who leads is in no store.
    const holds = args[1] === 'leader' ? condition : whenStored(condition)
    const start = history.head.now
    if (!holds(history.head)) {
      const end = history.run({ until: holds, untilMicros: start + limit })
      if (end !== 'condition') throw new Error(`not within ${limit / 1e6} s: ${args.slice(1).join(' ')}`)
    }
    return `${formatMicros(history.head.now)}, after ${formatMicros(history.head.now - start)}`
  }

  #fault(history: History, args: readonly string[]): string {
    const places = args.map((arg) => arg.replace(/@(\S+)$/, (_, pod: string) => machineOf(history.head, pod)))
    history.command(history.head.now, parseCommand(places))
    history.run({ untilMicros: history.head.now })
    return ''
  }
}

const DEFAULT_RESOURCES = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' }

/** Asks the costly question only after the store has changed. */
function whenStored(condition: (world: World) => boolean): (world: World) => boolean {
  let revision = -1
  let last = false
  return (world) => {
    const now = storeRevision(world)
    if (now !== revision) {
      revision = now
      last = condition(world)
    }
    return last
  }
}

function pairs(args: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    args.map((arg) => {
      const equals = arg.indexOf('=')
      if (equals < 0) throw new Error(`"${arg}" is no key=value pair`)
      return [arg.slice(0, equals), arg.slice(equals + 1)]
    }),
  )
}

/** `machine m1 etcd kube-apiserver kubelet`; one that names nothing runs nothing. */
function parseMachine(line: string): MachineOptions {
  const [, name, ...programs] = line.trim().split(/\s+/)
  const known: readonly string[] = [...CONTROL_PLANE_PROGRAMS, ...NODE_PROGRAMS]
  const unknown = programs.find((program) => !known.includes(program))
  if (unknown) throw new Error(`"${unknown}" is no program of a machine; there are: ${known.join(', ')}`)
  return { name: name!, runs: programs as Program[] }
}

/** `ana,ben`: two people with a token each, `token-of-ana` and `token-of-ben`. */
const tokensOf = (names: string) =>
  Object.fromEntries(names.split(',').map((name) => [`token-of-${name}`, { name, groups: [] }]))

/** `node node-2 label:disk=ssd taint:gpu=yes:NoSchedule cpu=2` */
/** A scheduler of its own process, for the Pods that call it by name; it is there, and stopped. */
function addScheduler(world: World, name: string): void {
  const process = { machine: 'cp-1', name, component: 'kube-scheduler' } as const
  const options = { servers: [API_SERVER], leaderElect: false, profiles: [{ schedulerName: name }] }
  world.addProcess({ ...process, options })
  world.command(0, { type: 'stop', process: `cp-1/${name}` })
}

function parseNode(line: string): NodeSpecOptions {
  const [, name, ...rest] = line.trim().split(/\s+/)
  const labels: Record<string, string> = {}
  const taints: Taint[] = []
  const capacity: Record<string, string> = {}
  for (const [key, value] of Object.entries(pairs(rest))) {
    if (key.startsWith('label:')) labels[key.slice(6)] = value
    else if (key.startsWith('taint:')) {
      const [taintValue, effect] = value.split(':')
      taints.push({ key: key.slice(6), value: taintValue!, effect: effect as Taint['effect'] })
    } else capacity[key] = value
  }
  return { name: name!, labels, taints, capacity }
}

/** `powerOff machine=node-2`, `partition groups=cp-1|node-1,node-2`, `skew machine=node-1 skewMicros=5000000`. */
export function parseCommand([type, ...args]: readonly string[]): Command {
  const fields: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(pairs(args))) {
    if (key === 'fsync') fields['fsyncMicros'] = parseDuration(value)
    else if (key === 'groups') fields[key] = value.split('|').map((group) => group.split(','))
    else fields[key] = /^\d+$/.test(value) ? Number(value) : value
  }
  return { type, ...fields } as Command
}
