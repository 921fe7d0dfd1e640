/** Events as sentences in Spanish; what components say of themselves stays in their own words. */
import type { ProcessId } from '#cluster/kernel/component.ts'
import type { Described } from '#cluster/scenarios/described.ts'

const ON_CONTROL_PLANE: Readonly<Record<string, string>> = {
  'kube-apiserver': 'el servidor de API',
  etcd: 'etcd',
  'kube-scheduler': 'el planificador',
  'kube-controller-manager': 'el gestor de controladores',
  kubectl: 'kubectl',
  hand: 'el ejercicio',
  'pretend-nodes': 'los kubelets simulados',
}

/** `node-2/kubelet` → `el kubelet de node-2`. */
export function actorEs(process: ProcessId | undefined): string {
  if (process === undefined) return 'alguien de fuera'
  const [machine = '', name = ''] = process.split('/')
  if (ON_CONTROL_PLANE[name]) return ON_CONTROL_PLANE[name]
  const bare = name.replace(/-\d+$/, '').replace(/^([^_]+)_.*$/, '$1')
  if (bare === 'linux') return `el kernel de ${machine}`
  if (bare === 'containerd') return `containerd en ${machine}`
  return name ? `${bare === 'kubelet' ? 'el ' : ''}${bare} de ${machine}` : machine
}

/** *a el* becomes *al*. */
const contract = (text: string): string => text.replaceAll(' a el ', ' al ').replaceAll(' de el ', ' del ')

const capital = (text: string): string =>
  /^(?:kubectl|etcd|containerd|kube-proxy|flanneld)\b/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)

const SINGULAR: Readonly<Record<string, string>> = {
  pods: 'el Pod',
  'pods/binding': 'la asignación de',
  'pods/status': 'el estado del Pod',
  'nodes/status': 'el estado del nodo',
  deployments: 'el Deployment',
  replicasets: 'el ReplicaSet',
  services: 'el Service',
  endpointslices: 'el EndpointSlice',
  nodes: 'el nodo',
  namespaces: 'el namespace',
  configmaps: 'el ConfigMap',
  secrets: 'el Secret',
  leases: 'el Lease',
}

const thing = ({ resource, name, verb }: Described): string =>
  name === '' && (verb === 'LIST' || verb === 'range' || verb === 'WATCH')
    ? resource
    : `${SINGULAR[resource] ?? resource} ${name || '(aún sin nombre)'}`.trim()

const VERBS: Readonly<Record<string, string>> = { POST: 'que cree', PUT: 'que sustituya', PATCH: 'que cambie', DELETE: 'que borre', GET: '', LIST: 'la lista de' } // prettier-ignore
const NEWS: Readonly<Record<string, string>> = { ADDED: 'hay algo nuevo', MODIFIED: 'ha cambiado', DELETED: 'ya no existe', PUT: 'se ha escrito', DELETE: 'se ha borrado' } // prettier-ignore
const FAULTS: Readonly<Record<string, string>> = { powerOff: 'se queda sin corriente', powerOn: 'vuelve a tener corriente', crash: 'muere de golpe', stop: 'se para', start: 'arranca', pause: 'se queda inmóvil', resume: 'continúa' } // prettier-ignore

/** `node-1/web_web-1_default_ab12`: a container's process is called so on its machine. */
export const CONTAINER = /^([^/]+)\/([^_]+)_/

function faultSentence(label: string): string {
  const [type = '', ...rest] = label.split(' ')
  const told = FAULTS[type]
  if (!told || rest.length === 0) return `Desde fuera: ${label}`
  const [, machine, container] = CONTAINER.exec(rest.join(' ')) ?? []
  return container ? `El contenedor ${container} de ${machine} ${told}` : `${rest.join(' ')} ${told}`
}

function requestSentence(event: Described): string {
  const { from, to, verb } = event
  if (!to.endsWith('/etcd'))
    return contract(`${actorEs(from)} pide a ${actorEs(to)} ${VERBS[verb] ?? verb} ${thing(event)}`.replace('  ', ' '))
  const does = verb.includes('put') ? 'escribe' : verb.includes('delete') ? 'borra' : 'lee'
  return `${actorEs(from)} ${does} ${thing(event)} en etcd`
}

/** What somebody shows with a request typed by hand. */
export const credentialEs = (label: string): string =>
  label
    .replace(/ with the certificate of (\S+)$/, ' con el certificado de $1')
    .replace(/ with the token of a service account$/, ' con el token de una cuenta de servicio')
    .replace(/ with (\S+)$/, ' con $1')

export function sentenceOfEs(event: Described): string {
  const { kind, from, to, label, verb, name, remark } = event
  const of = name ? ` (${name})` : ''
  const ends = remark && kind !== 'decision' ? ` (${remark})` : ''
  switch (kind) {
    case 'command':
      return `Alguien escribe: ${credentialEs(label)}`
    case 'fault':
      return faultSentence(label)
    case 'decision':
      return capital(`${actorEs(to)}: ${remark || label}`)
    case 'request':
      return capital(requestSentence(event)) + ends
    case 'response':
      return capital(contract(`${actorEs(from)} responde a ${actorEs(to)}: ${label}${of}`)) + ends
    case 'watch':
      return NEWS[verb]
        ? capital(`${actorEs(to)} ve por su watch: ${thing(event)}, ${NEWS[verb]}`) + ends
        : capital(contract(`${actorEs(from)} avisa a ${actorEs(to)}: ${label}${of}`)) + ends
    case 'cri':
      return capital(`${actorEs(from)} llama al entorno de ejecución: ${label}${of}`) + ends
    case 'criReply':
      return capital(`${actorEs(from)} responde: ${label}`) + ends
    case 'cni':
      return capital(`${actorEs(from)} arranca el plugin ${event.resource} con ${verb}${of}`) + ends
    case 'cniResult':
      return `El plugin ${label}${event.failed ? '' : ', y termina'}`
    case 'start':
      return from === undefined
        ? capital(`${actorEs(to)} arranca`)
        : capital(`${actorEs(from)} arranca ${event.resource}`)
    case 'syscall':
      return capital(contract(`${actorEs(from)} pide a ${actorEs(to)}: ${label}${of}`)) + ends
    case 'packet':
      return contract(`${label}: ${name}, de ${actorEs(from)} a ${actorEs(to)}`)
    default:
      return capital(`${actorEs(to)}: ${label}`) + ends
  }
}
