/**
 * From events of the trace to words: one pure look per event, with the little memory that answers need (what was asked).
 *
 * `label` is verb and resource, as the grammar of figures wants it; `background` marks what never stops and says nothing.
 */
import type { KubectlBody } from '#cluster/kubectl/kubectl.ts'
import type { RestBody } from '#cluster/kubectl/rest-client.ts'
import type { HttpRequest, HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import type { Node } from '#cluster/api/types.ts'
import type { CriRequest } from '#cluster/container-runtime/cri.ts'
import type { Body, Event, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { TraceEvent } from '#cluster/kernel/trace.ts'
import type { Frame } from '#cluster/linux/packet.ts'
import type { SyscallReply } from '#cluster/linux/syscall.ts'
import type { Described, Words } from './described.ts'
import { describeEtcdRequest, describeEtcdResponse, isEtcdRequest, isEtcdResponse } from './describe-etcd.ts'
import { describeRequest, describeResponse, describeWatchEvent, nodeSignature } from './describe-http.ts'
import {
  describeContainerEvent,
  describeCri,
  describeCriReply,
  describeFrame,
  describePlugin,
  describePluginExit,
  describeSyscallReply,
  describeSyscalls,
  isInvocation,
} from './describe-node.ts'
import { describeRaft, isRaft } from './describe-raft.ts'
import { remarkOf } from './remarks.ts'

/** How a process was started, as far as words need it. */
export interface Started {
  readonly component: string
  readonly options: unknown
  readonly parent: ProcessId | undefined
}

export interface Narrator {
  /** What each stream was opened for. Kept for good: a run that branches off needs it. */
  readonly asked: ReadonlyMap<StreamId, Words>
  /** What was last told of each Node, by whom it was told. */
  readonly nodes: ReadonlyMap<string, string>
  /** @param started how the receiving process was started */
  describe(entry: TraceEvent, started: Started | undefined): Described
}

/** Answers do not say what was asked: a narrator remembers it per stream, and what each child is for. */
/** @param before the narrator of the run that this one leaves */
export function createNarrator(before?: Narrator): Narrator {
  const asked = new Map<StreamId, Words>(before?.asked)
  const children = new Map<ProcessId, Words>()
  const nodes = new Map<string, string>(before?.nodes)
  return {
    asked,
    nodes,
    describe(entry, started) {
      const { tick, at, cause, event, to } = entry
      let from = entry.from
      let words = wordsOf(event, entry, asked)
      if (event.type === 'booted') {
        const child = describeStart(started, to)
        words = child
        from = started?.parent
        if (started?.parent !== undefined) children.set(to, child)
      } else if (event.type === 'childExited') {
        from = event.child
        words = describeExit(event, children.get(event.child))
        children.delete(event.child)
      }
      if (event.type === 'opened') asked.set(event.stream, words)
      const news = nodeNews(event, words, nodes)
      const remark = remarkOf(entry.notes)
      const decides = remark !== '' && (words.kind === 'timer' || words.background === true)
      const { kind, label, verb, resource, name, failed = false, background = false } = words
      return {
        tick,
        at,
        cause,
        kind: decides ? 'decision' : kind,
        label: decides && kind === 'timer' ? remark : label,
        verb,
        resource,
        name,
        from,
        to,
        failed,
        background: isTyped(entry) ? false : news === undefined ? background && remark === '' : !news && remark === '',
        remark,
      }
    },
  }
}

/** What somebody asks etcd by hand, and what people hear, is never background; nor is the reader's watch. */
const isTyped = ({ event, from, to }: TraceEvent): boolean =>
  event.type === 'opened'
    ? from?.endsWith('/etcdctl') === true || from?.endsWith('/reader') === true
    : (event.type === 'closed' && /\/(?:etcdctl|kubectl)$/.test(to)) ||
      (event.type === 'data' && to.endsWith('/reader'))

function wordsOf(event: Event, { from }: TraceEvent, asked: ReadonlyMap<StreamId, Words>): Words {
  switch (event.type) {
    case 'timer':
      return { kind: 'timer', label: event.key, verb: 'timer', resource: '', name: event.key, background: true }
    case 'persisted':
      return { kind: 'disk', label: 'synced to disk', verb: 'sync', resource: '', name: '', background: true }
    case 'closed':
      return describeClosed(event, asked.get(event.stream))
    case 'message':
    case 'opened':
      return describeBody(event.body, from, undefined)
    case 'data':
      return describeBody(event.body, from, asked.get(event.stream))
    default:
      return { kind: 'message', label: event.type, verb: event.type, resource: '', name: '' }
  }
}

function describeClosed(event: Extract<Event, { type: 'closed' }>, asked: Words | undefined): Words {
  if (event.reason === 'done') {
    if (event.body) return describeBody(event.body, undefined, asked)
    return {
      kind: 'message',
      label: 'closed',
      verb: 'closed',
      resource: asked?.resource ?? '',
      name: '',
      background: true,
    }
  }
  // A process that ends lets go of its kernel: that it ended is told elsewhere.
  if (asked?.kind === 'syscall')
    return { kind: 'message', label: 'ended', verb: 'closed', resource: '', name: '', background: true }
  const what = asked ? ` (${asked.label})` : ''
  const { resource = '', name = '' } = asked ?? {}
  return { kind: 'lost', label: `${event.reason}${what}`, verb: event.reason, resource, name, failed: true }
}

function describeBody(body: Body, from: ProcessId | undefined, asked: Words | undefined): Words {
  switch (body.type) {
    case 'request':
      return describeRequest(body as HttpRequest)
    case 'response':
      return describeResponse(body as HttpResponse, asked)
    case 'watchEvent':
      return describeWatchEvent(body as WatchMessage)
    case 'cri':
      return describeCri(body as CriRequest)
    case 'criReply':
    case 'criError':
      return describeCriReply(body, asked)
    case 'containerEvent':
      return describeContainerEvent(body)
    case 'process':
    case 'syscall':
      return describeSyscalls(body, from)
    case 'syscallReply':
      return describeSyscallReply(body as SyscallReply)
    case 'frame':
      return describeFrame(body as Frame)
    case 'interrupt':
      return { kind: 'command', label: '^C', verb: 'interrupt', resource: '', name: '' }
    case 'kubectl': {
      const { args = [], line = `kubectl ${args.join(' ')}` } = body as unknown as Partial<KubectlBody>
      return { kind: 'command', label: line, verb: 'kubectl', resource: '', name: '' }
    }
    case 'etcdctl': {
      const { args } = body as Body & { args: readonly string[] }
      // Of a long value its first line.
      const line = ['etcdctl', ...args.map((arg) => (arg.includes('\n') ? `${arg.split('\n')[0]}…` : arg))].join(' ')
      return { kind: 'command', label: line, verb: 'etcdctl', resource: '', name: '' }
    }
    case 'rest': {
      const { method, path, token, certificate } = body as RestBody
      const shown = certificate
        ? ` with the certificate of ${certificate.name}`
        : token
          ? ` with ${shownToken(token)}`
          : ''
      const label = `${method} ${path}${shown}`
      return { kind: 'command', label, verb: 'rest', resource: '', name: '' }
    }
    default:
      if (isRaft(body)) return describeRaft(body)
      if (isEtcdRequest(body)) return describeEtcdRequest(body)
      if (isEtcdResponse(body)) return describeEtcdResponse(body, asked)
      return { kind: 'message', label: body.type, verb: body.type, resource: '', name: '' }
  }
}

/** Nobody reads a whole JWT. */
const shownToken = (token: string): string => (token.split('.').length === 3 ? 'the token of a service account' : token)

function describeStart(started: Started | undefined, to: ProcessId): Words {
  const component = started?.component ?? to.slice(to.indexOf('/') + 1)
  if (started && isInvocation(started.options)) return describePlugin(component, started.options)
  return {
    kind: 'start',
    label: `starts ${component}`,
    verb: 'start',
    resource: component,
    name: to.slice(to.indexOf('/') + 1),
  }
}

function describeExit(event: Extract<Event, { type: 'childExited' }>, child: Words | undefined): Words {
  if (child?.kind === 'cni') return describePluginExit(event.body, event.code, child)
  const name = event.child.slice(event.child.indexOf('/') + 1)
  const resource = child?.resource ?? name
  return {
    kind: 'exit',
    label: `${resource} ends (${event.code})`,
    verb: 'exit',
    resource,
    name,
    failed: event.code !== 0,
  }
}

/** For what concerns a Node: whether it says anything new. Undefined: it concerns no Node. */
function nodeNews(event: Event, words: Words, seen: Map<string, string>): boolean | undefined {
  if (!words.resource.startsWith('nodes') || words.background === true || words.failed === true) return undefined
  if (words.kind === 'response') return false
  const body = 'body' in event ? event.body : undefined
  const node = body && nodeIn(body)
  if (!node) return words.kind === 'watch' || words.verb === 'PATCH' || words.verb.startsWith('txn') ? false : undefined
  const key = `${words.kind}/${words.verb === 'PATCH' ? 'patch' : ''}/${'stream' in event && words.kind === 'watch' ? event.stream : ''}/${words.name}`
  const signature = nodeSignature(node)
  const news = seen.get(key) !== signature
  seen.set(key, signature)
  return news
}

function nodeIn(body: Body): Node | undefined {
  const loose = body as Body & Record<string, any>
  const candidates = [
    loose['event']?.object,
    loose['events']?.[0]?.kv?.value,
    loose['body'],
    loose['success']?.[0]?.value,
  ]
  const node = candidates.find(
    (candidate) =>
      typeof candidate === 'object' && candidate !== null && ('spec' in candidate || 'status' in candidate),
  )
  return node ? ({ spec: {}, metadata: {}, ...node } as Node) : undefined
}
