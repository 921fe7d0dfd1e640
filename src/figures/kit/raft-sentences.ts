/** What members of etcd and their client do, in sentences. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Timeline } from '../../simulation/protocol.ts'
import { asksAround } from './raft-lens.ts'
import { quorumOf } from './raft-odds.ts'
import { machineIn, plotOf, typedIn } from './raft-plot.ts'
import { sentenceOf } from './sentences.ts'
import { say } from './words.ts'

export function raftSentence(event: Described, timeline: Timeline): string {
  const { kind, label, from, to } = event
  switch (kind) {
    case 'command':
      return say(`Somebody types: ${label}`, `Alguien escribe: ${label}`)
    case 'fault':
      return faultSentence(event)
    case 'decision':
      if (!event.to.startsWith('laptop/')) return asksAround(machineIn(event.to))
      return say('etcdctl has waited for 5 s, and gives up: context deadline exceeded. What it asked may still happen, or not', 'etcdctl ha esperado 5 s y se rinde: context deadline exceeded. Lo que pidió aún puede ocurrir, o no') // prettier-ignore
    default:
      if (from?.startsWith('laptop/')) return asked(event)
      if (to.startsWith('laptop/')) return answered(event, timeline)
      return said(event, timeline)
  }
}

function faultSentence(event: Described): string {
  const machine = machineIn(event.to)
  switch (event.verb) {
    case 'crash':
    case 'stop':
      return say(`${machine} dies: nothing is left of it but its disk`, `${machine} muere: de él solo queda su disco`)
    case 'start':
      return say(`${machine} is started, with what its disk holds`, `${machine} arranca, con lo que hay en su disco`)
    case 'partition':
      return say('The network is cut: members on different sides do not hear each other', 'La red se corta: los miembros de lados distintos no se oyen') // prettier-ignore
    case 'pause':
      return say(`${machine} stands still, and does not know it`, `${machine} se detiene, y no lo sabe`)
    case 'resume':
      return say(`${machine} goes on as if nothing had happened`, `${machine} sigue como si nada hubiera pasado`)
    case 'heal':
      return say('The cut is mended: all hear each other again', 'El corte se repara: todos se oyen de nuevo')
    case 'slowDisk':
      return say(`The disk of ${machine} becomes slow`, `El disco de ${machine} se vuelve lento`)
    default:
      return sentenceOf(event)
  }
}

function asked({ verb, resource, to }: Described): string {
  const machine = machineIn(to)
  switch (verb) {
    case 'put':
      return say(`${machine} gets the write`, `${machine} recibe la escritura`)
    case 'range':
      return say(`${machine} is asked for ${resource || 'keys'}`, `A ${machine} se le pide ${resource || 'claves'}`)
    case 'MemberAdd':
      return say(`${machine} is asked to take in a member`, `A ${machine} se le pide que admita un miembro`)
    case 'MemberPromote':
      return say(`${machine} is asked to give the learner a vote`, `A ${machine} se le pide que dé voto al aprendiz`)
    default:
      return say(`${machine} is asked: ${verb}`, `A ${machine} se le pide: ${verb}`)
  }
}

function answered(event: Described, timeline: Timeline): string {
  const { from, label, failed, kind } = event
  const machine = machineIn(from)
  if (kind === 'lost') return say(`Nobody answers on ${machine}`, `Nadie responde en ${machine}`)
  if (kind === 'watch') return say(`The watch tells: ${label}`, `La observación dice: ${label}`)
  if (failed) return say(`${machine} answers with an error: ${label}`, `${machine} responde con un error: ${label}`)
  const ttl = /^TTL (\d+)$/.exec(label)?.[1]
  if (ttl) return say(`${machine} answers: renewed, for ${ttl} s`, `${machine} responde: renovado, por ${ttl} s`)
  const [revision = '', ...values] = label.split(' · ')
  const number = revision.replace('revision ', '')
  const isRead = typedIn(timeline).some(({ op, answer }) => answer === event && op === 'get')
  if (isRead && values.length === 0)
    return say(`${machine} answers: there is nothing, as of revision ${number}`, `${machine} responde: no hay nada, en la revisión ${number}`) // prettier-ignore
  return values.length > 0
    ? say(
        `${machine} answers: ${values.join(', ')}, as of revision ${number}`,
        `${machine} responde: ${values.join(', ')}, en la revisión ${number}`,
      )
    : say(`${machine} answers: done, revision ${number}`, `${machine} responde: hecho, revisión ${number}`)
}

function said(event: Described, timeline: Timeline): string {
  const { verb, label, failed, name } = event
  const from = machineIn(event.from)
  const to = machineIn(event.to)
  const place = /\d.*$/.exec(label)?.[0] ?? ''
  const entry = place.includes('–')
    ? say(`entries ${place}`, `las entradas ${place}`)
    : say(`entry ${place}`, `la entrada ${place}`)
  const about = name ? ` (${name})` : ''
  switch (verb) {
    case 'MsgProp':
      return say(
        `${from} does not lead: it passes the write on to ${to}`,
        `${from} no lidera: pasa la escritura a ${to}`,
      )
    case 'MsgVote':
      return say(`${from} asks ${to} for its vote in ${label.replace('MsgVote ', '')}`, `${from} pide a ${to} su voto en el mandato ${event.resource}`) // prettier-ignore
    case 'MsgVoteResp':
      return failed ? say(`${from} refuses ${to} its vote`, `${from} niega su voto a ${to}`) : say(`${from} votes for ${to}`, `${from} vota por ${to}`) // prettier-ignore
    case 'MsgApp':
      return say(`${from} sends ${to} ${entry}${about}`, `${from} envía a ${to} ${entry}${about}`)
    case 'MsgAppResp':
      return acknowledged(event, from, entry, timeline)
    case 'MsgSnap':
      return say(`${from} sends ${to} a snapshot: the whole store in one piece`, `${from} envía a ${to} una instantánea: todo el almacén de una pieza`) // prettier-ignore
    case 'MsgTimeoutNow':
      return say(
        `${from} tells ${to} to stand for election at once`,
        `${from} dice a ${to} que se presente ya a la elección`,
      )
    default:
      return sentenceOf(event)
  }
}

function acknowledged({ tick, failed }: Described, from: string, entry: string, timeline: Timeline): string {
  if (failed) return say(`${from} refuses: it lacks what comes before`, `${from} lo rechaza: le falta lo anterior`)
  const { acks, voters } = plotOf(timeline)
  const count = acks.get(tick) ?? 0
  const kept = say(`${from} has ${entry} on its disk`, `${from} tiene ${entry} en su disco`)
  if (count !== quorumOf(voters)) return kept
  return say(`${kept}: with the leader that makes ${count} of ${voters}. It is committed`, `${kept}: con el líder son ${count} de ${voters}. Está confirmada`) // prettier-ignore
}
