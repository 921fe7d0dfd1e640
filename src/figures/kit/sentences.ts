/** Events as sentences, for the line below a picture, the transcript and screen readers. */
import type { ProcessId } from '#cluster/kernel/component.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import { CONTAINER, sentenceOfEs } from './sentences-es.ts'
import { isSpanish } from './words.ts'

const ON_CONTROL_PLANE: Readonly<Record<string, string>> = {
  'kube-apiserver': 'the API server',
  etcd: 'etcd',
  'kube-scheduler': 'the scheduler',
  'kube-controller-manager': 'the controller manager',
  kubectl: 'kubectl',
  // The grader's own: who types, and who plays the nodes where a whole kubelet would be too much.
  hand: 'the exercise',
  'pretend-nodes': 'the pretend kubelets',
}

/** `node-2/kubelet` → `the kubelet on node-2`; a plugin's or container's number is nobody's business. */
export function actor(process: ProcessId | undefined): string {
  if (process === undefined) return 'somebody outside'
  const [machine = '', name = ''] = process.split('/')
  if (ON_CONTROL_PLANE[name]) return ON_CONTROL_PLANE[name]
  const bare = name.replace(/-\d+$/, '').replace(/^([^_]+)_.*$/, '$1')
  if (bare === 'linux') return `the kernel of ${machine}`
  if (bare === 'containerd') return `containerd on ${machine}`
  return name ? `the ${bare} on ${machine}` : machine
}

/** Binaries keep their own spelling. */
const capital = (text: string): string =>
  /^(?:kubectl|etcd|containerd)\b/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)

const SINGULAR: Readonly<Record<string, string>> = {
  pods: 'the Pod',
  'pods/binding': 'the binding of',
  'pods/status': 'the status of the Pod',
  'nodes/status': 'the status of the node',
  deployments: 'the Deployment',
  replicasets: 'the ReplicaSet',
  services: 'the Service',
  endpointslices: 'the EndpointSlice',
  nodes: 'the node',
  namespaces: 'the namespace',
  configmaps: 'the ConfigMap',
  secrets: 'the Secret',
  events: 'the Event',
  leases: 'the lease',
}

const PLURAL: Readonly<Record<string, string>> = {
  pods: 'Pods',
  deployments: 'Deployments',
  replicasets: 'ReplicaSets',
  services: 'Services',
  endpointslices: 'EndpointSlices',
  configmaps: 'ConfigMaps',
  secrets: 'Secrets',
  events: 'Events',
}

/** Requests about all objects of a kind, not about one. */
const OF_MANY = new Set(['LIST', 'range', 'WATCH'])

const thing = ({ resource, name, verb }: Described): string =>
  name === '' && OF_MANY.has(verb)
    ? (PLURAL[resource] ?? resource)
    : `${SINGULAR[resource] ?? resource} ${name || '(no name yet)'}`.trim()

const VERBS: Readonly<Record<string, string>> = { POST: 'to create', PUT: 'to replace', PATCH: 'to change', DELETE: 'to delete', GET: 'for', LIST: 'for all' } // prettier-ignore
const NEWS: Readonly<Record<string, string>> = { ADDED: 'is new', MODIFIED: 'has changed', DELETED: 'is gone', PUT: 'was written', DELETE: 'was deleted' } // prettier-ignore

/** What somebody did to the world, told of the machine or process that it was done to. */
function faultSentence(label: string): string {
  const [type = '', ...rest] = label.split(' ')
  const told = FAULTS[type]
  if (!told || rest.length === 0) return `From outside: ${label}`
  const [, machine, container] = CONTAINER.exec(rest.join(' ')) ?? []
  return container ? `The container ${container} on ${machine} ${told}` : `${rest.join(' ')} ${told}`
}

const FAULTS: Readonly<Record<string, string>> = { powerOff: 'loses power', powerOn: 'has power again', crash: 'crashes', stop: 'is stopped', start: 'is started', pause: 'stands still', resume: 'goes on' } // prettier-ignore

/** One event in one sentence, in the page's language. */
export const sentenceOf = (event: Described): string => (isSpanish() ? sentenceOfEs(event) : sentenceOfEn(event))

function sentenceOfEn(event: Described): string {
  const { kind, from, to, label, verb, name, remark } = event
  const ends = remark && kind !== 'decision' ? ` (${remark})` : ''
  switch (kind) {
    case 'command':
      return `Somebody types: ${label}`
    case 'fault':
      return faultSentence(label)
    case 'decision':
      return capital(`${actor(to)}: ${remark || label}`)
    case 'request':
      if (to.endsWith('/etcd'))
        return (
          capital(
            `${actor(from)} ${verb.includes('put') ? 'writes' : verb.includes('delete') ? 'deletes' : 'reads'} ${thing(event)} ${verb.includes('put') ? 'to' : 'in'} etcd`,
          ) + ends
        )
      return capital(`${actor(from)} asks ${actor(to)} ${VERBS[verb] ?? verb} ${thing(event)}`) + ends
    case 'response':
      return capital(`${actor(from)} answers ${actor(to)}: ${label}${name ? ` for ${name}` : ''}`) + ends
    case 'watch':
      if (!NEWS[verb]) return capital(`${actor(from)} tells ${actor(to)}: ${label}${name ? ` in ${name}` : ''}`) + ends
      return capital(`${actor(to)} sees through its watch: ${thing(event)} ${NEWS[verb]}`) + ends
    case 'cri':
      return capital(`${actor(from)} calls the runtime: ${label}${name ? ` for ${name}` : ''}`) + ends
    case 'criReply':
      return capital(`${actor(from)} answers: ${label}`) + ends
    case 'cni':
      return (
        capital(`${actor(from)} starts the plugin ${event.resource} with ${verb}${name ? ` for ${name}` : ''}`) + ends
      )
    case 'cniResult':
      return `The plugin ${label}${event.failed ? '' : ', and ends'}`
    case 'start':
      return from === undefined ? capital(`${actor(to)} starts`) : capital(`${actor(from)} ${label}`)
    case 'syscall':
      return capital(`${actor(from)} asks ${actor(to)}: ${label}${name ? ` (${name})` : ''}`) + ends
    case 'packet':
      return `${label}: ${name}, from ${actor(from)} to ${actor(to)}`
    default:
      return capital(`${actor(to)}: ${label}`) + ends
  }
}
