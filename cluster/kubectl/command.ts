/**
 * The shape of a kubectl command: a generator that yields the requests it wants made and ends with what to print.
 *
 * A generator cannot be part of a world's state. So only the answers are kept, and the command is run again from its start
 * with them each time one more round has come in: the same answers lead to the same point. That is why a command may
 * depend on nothing but its invocation and its rounds.
 */
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import { isOk, messageOf, reasonOf } from '#cluster/client/api-client.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Body, Micros } from '#cluster/kernel/component.ts'
import { CommandError } from './command-error.ts'
import type { Flags } from './flags.ts'
import type { Kubeconfig } from './kubeconfig.ts'

export interface Invocation {
  /** Words after the command's own name that are no flags. */
  readonly args: readonly string[]
  readonly flags: Flags
  /** What stands after `--`. */
  readonly rest: readonly string[]
  /** Content by file name, for `-f`; `-` is standard input. */
  readonly files: Readonly<Record<string, string>>
  /** What stands before the program: `KUBE_EDITOR='sed -i s/1/2/' kubectl edit …`. */
  readonly environment?: Readonly<Record<string, string>>
  readonly kubeconfig?: Kubeconfig
}

/** Requests to make at once, something to follow, or a time to wait, and what to print meanwhile. */
export interface Ask {
  readonly requests?: readonly ApiRequest[]
  /**
   * Something that goes on: a watch, a log, a session. The first ask opens it, later ones wait for more; with `pauseMicros`
   * no longer than that.
   */
  readonly follow?: ApiRequest
  /** Said on what is followed, which is open. */
  readonly write?: readonly Body[]
  readonly pauseMicros?: Micros
  readonly output?: string
  readonly errors?: string
}

export interface Round {
  /** In the order of the requests. */
  readonly answers: readonly Answer[]
  /** What has come on what is followed since the round before. */
  readonly said?: readonly Body[]
  /** It has ended, and how. */
  readonly ended?: Answer
  readonly now: Micros
}

/** A file for whoever has typed, to change and hand in again. */
export interface OpenedFile {
  readonly name: string
  readonly text: string
}

export interface Outcome {
  readonly output?: string
  readonly errors?: string
  readonly exitCode?: number
  readonly opens?: OpenedFile
  /** A file that was fetched. */
  readonly saves?: OpenedFile
  /** The kubeconfig as it is from now on. */
  readonly kubeconfig?: Kubeconfig
}

export type Steps = Generator<Ask, Outcome, Round>
export type Command = (invocation: Invocation) => Steps

export function* ask(...requests: ApiRequest[]): Generator<Ask, Round, Round> {
  return yield { requests }
}

/** One request whose refusal ends the command. */
export function* need(request: ApiRequest): Generator<Ask, { body: any; now: Micros }, Round> {
  const { answers, now } = yield { requests: [request] }
  const answer = answers[0]!
  if (!isOk(answer)) throw new CommandError(failureText(answer))
  return { body: answer.body, now }
}

/** `The Pod "x" is invalid: spec.containers: Required value`; where more is wrong, one line for each. */
function invalidText({ message = '', details }: Status): string {
  const { kind = '', name = '', causes = [] } = details ?? {}
  const isNamed = kind !== '' || name !== ''
  const what = isNamed ? `The ${kind} ${JSON.stringify(name)} is invalid` : 'The request is invalid'
  const said = causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`)
  if (said.length === 0) return isNamed || message === '' ? what : `${what}: ${message}`
  return said.length === 1 ? `${what}: ${said[0]}` : `${what}: \n${said.map((one) => `* ${one}`).join('\n')}`
}

/** What client-go makes of an answer that is no Status. */
const BARE: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
}

/** `Error from server (NotFound): pods "x" not found` and its like. */
export function failureText(answer: Answer, context = ''): string {
  if (answer.lost === 'timeout') return 'Unable to connect to the server: dial tcp: i/o timeout'
  if (answer.lost) return 'The connection to the server was refused - did you specify the right host or port?'
  const reason = reasonOf(answer)
  const bare = reason === undefined ? BARE[answer.status] : undefined
  if (bare) return `Error from server (${bare[0]}): ${context}${bare[1]}`
  if (reason === 'Invalid') return invalidText(answer.body as Status)
  const prefix = reason ? `Error from server (${reason})` : 'Error from server'
  return `${prefix}: ${context}${messageOf(answer)}`
}
