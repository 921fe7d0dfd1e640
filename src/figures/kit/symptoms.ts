/** What is wrong with a cluster in the end, by its own words: the state of its objects, and what was answered to whom. */
import type { ClientAnswer } from '#cluster/container-runtime/images/client.ts'
import type { Frame, Timeline } from '../../simulation/protocol.ts'
import { loadOf } from './load-strip.ts'
import { say } from './words.ts'

export type Verdict = 'well' | 'silent-service' | 'pending' | 'no-pods' | 'no-api'

export interface Symptom {
  readonly sentence: string
  /** In the words of whoever says so; empty where nobody does. */
  readonly quote: string
  readonly isGood: boolean
}

export interface Diagnosis {
  readonly verdict: Verdict
  readonly symptoms: readonly Symptom[]
}

const good = (sentence: string, quote = ''): Symptom => ({ sentence, quote, isGood: true })
const bad = (sentence: string, quote = ''): Symptom => ({ sentence, quote, isGood: false })

/** What kubectl got, each time it was typed, where it was no answer of an API server. */
export function nobodyAnswers({ scenes }: Timeline): string | undefined {
  const outputs = scenes.flatMap(({ command, output }) => (command.startsWith('kubectl') ? [output] : []))
  const isNone = outputs.every((output) => /refused|no answer within|Unable to connect/.test(output))
  return isNone ? outputs[0]?.split('\n')[0] : undefined
}

/** @param end the last moment of the run */
export function diagnose(timeline: Timeline, end: Frame): Diagnosis {
  const refused = nobodyAnswers(timeline)
  if (refused !== undefined)
    return {
      verdict: 'no-api',
      symptoms: [
        refused.startsWith('(')
          ? bad(
              say('The API server answers nothing: it has no store to ask', 'El servidor de API no responde nada: no tiene almacén al que preguntar'), // prettier-ignore
              refused,
            )
          : bad(say('Nobody can reach an API server', 'Nadie alcanza un servidor de API'), refused),
      ],
    }
  const pods = end.pods.filter(({ namespace }) => namespace === 'default')
  const web = pods.filter(({ labels }) => labels['app'] === 'web')
  const hasReplicaSet = end.objects.some(({ resource }) => resource === 'replicasets')
  const answers = loadOf(timeline, 'client')
  const last = answers.at(-1)?.answer
  const symptoms = [...nodeSymptoms(end), ...podSymptoms(pods, hasReplicaSet)]
  const areReady = web.length > 0 && web.every(({ phase }) => phase === 'ready')
  if (last) symptoms.push(serviceSymptom(last))
  const verdict = !hasReplicaSet
    ? 'no-pods'
    : !areReady || !last
      ? 'pending'
      : last.status === 200
        ? 'well'
        : 'silent-service'
  return { verdict, symptoms }
}

function nodeSymptoms({ machines }: Frame): Symptom[] {
  return machines.flatMap(({ name, role, node }): Symptom[] => {
    if (role === 'outside') return []
    if (!node) return [bad(say(`${name} is no Node: no kubelet has registered it`, `${name} no es un nodo: ningún kubelet lo ha registrado`))] // prettier-ignore
    const taint = node.taints.find((one) => one.startsWith('node-role.kubernetes.io/control-plane'))
    const keeps = taint ? say(', but its taint keeps Pods away', ', pero su taint no deja entrar Pods') : ''
    return node.ready === 'True'
      ? [good(say(`${name} is Ready${keeps}`, `${name} está Ready${keeps}`), taint ?? '')]
      : [bad(say(`${name} is NotReady`, `${name} está NotReady`), node.message)]
  })
}

function podSymptoms(pods: Frame['pods'], hasReplicaSet: boolean): Symptom[] {
  const symptoms: Symptom[] = []
  if (!hasReplicaSet) symptoms.push(bad(say('The Deployment web has made no ReplicaSet, so there are no Pods of it', 'El Deployment web no ha creado ningún ReplicaSet, así que no hay Pods suyos'))) // prettier-ignore
  const waiting = pods.filter(({ phase }) => phase === 'pending')
  const reasons = new Map<string, number>()
  for (const { message } of waiting) reasons.set(message, (reasons.get(message) ?? 0) + 1)
  for (const [message, count] of reasons)
    symptoms.push(
      message
        ? bad(say(`Pods Pending: ${count}. The scheduler finds no node`, `Pods Pending: ${count}. El planificador no encuentra nodo`), message) // prettier-ignore
        : bad(say(`Pods Pending: ${count}. Nobody has even looked at them`, `Pods Pending: ${count}. Nadie los ha mirado siquiera`)), // prettier-ignore
    )
  const creating = pods.filter(({ phase }) => phase === 'creating').length
  if (creating > 0) symptoms.push(bad(say(`Pods that have a node and do not start: ${creating}`, `Pods que tienen nodo y no arrancan: ${creating}`))) // prettier-ignore
  const ready = pods.filter(({ phase, labels }) => phase === 'ready' && labels['app'] === 'web').length
  if (ready > 0) symptoms.push(good(say(`Pods of web that are Ready: ${ready}`, `Pods de web que están Ready: ${ready}`))) // prettier-ignore
  return symptoms
}

const serviceSymptom = ({ status, text }: ClientAnswer): Symptom =>
  status === 200
    ? good(say('The Service answers the client', 'El Service responde al cliente'), text)
    : bad(say('The Service’s address does not answer the client', 'La dirección del Service no responde al cliente'), text) // prettier-ignore
