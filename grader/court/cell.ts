/**
 * One worker process, as the court sees it: it is asked one thing at a time, and either gives a verdict that can be believed or
 * is lost: it died, hung, grew too large or wrote nonsense. A lost cell is killed and never asked again.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers'
import type { Verdict } from '../verdict/verdict.ts'
import type { Answer, Brief, Order } from './messages.ts'
import { ANSWER_MAX, complaintAbout, readAnswer } from './messages.ts'
import type { Walls } from './walls.ts'

export interface CellOptions {
  readonly walls: Walls
  readonly brief: Brief
  readonly memoryMiB: number
  /** Seconds of wall time for one submission. Generous: budgets are counted in fuel, and this is only for what escapes them. */
  readonly guardS: number
}

/** `lost`: why, for whoever runs the court. */
export type Judged = { readonly verdict: Verdict } | { readonly lost: string }

const START_S = 120
const MEMORY_LOOK_MS = 200
const LAST_WORDS_MAX = 1500
const PAGE_BYTES = 4096

type Child = ChildProcessByStdio<Writable, Readable, Readable>
type Heard = Answer | { readonly type: 'lost'; readonly why: string }

export class Cell {
  /** Names of the checks, as the worker found them before it had seen any submission. */
  checks: readonly string[] = []
  graded = 0
  readonly #options: CellOptions
  readonly #child: Child
  #lost: string | undefined
  #hear: ((heard: Heard) => void) | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #lastWords = ''
  #watch: NodeJS.Timeout | undefined

  private constructor(options: CellOptions) {
    this.#options = options
    const [program, ...args] = options.walls.line
    // A session of its own: Ctrl-C is for the court, and a signal to its group reaches nobody else.
    this.#child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, detached: true })
    this.#child.stdout.on('data', (bytes: Buffer) => this.#take(bytes))
    this.#child.stderr.on('data', (bytes: Buffer) => {
      this.#lastWords = (this.#lastWords + bytes.toString('latin1')).slice(-LAST_WORDS_MAX)
    })
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('error', ({ message }) => this.#lose(`it could not be started: ${message}`))
    this.#child.on('close', (code, signal) => this.#lose(`its process ended (${signal ?? `exit code ${code}`})`))
  }

  /** A cell that is ready. Throws when it does not get there: then something is wrong with the machine or the exercise. */
  static async open(options: CellOptions): Promise<Cell> {
    const cell = new Cell(options)
    const heard = await cell.#exchange(options.brief, START_S)
    if (heard.type === 'ready') {
      cell.checks = heard.checks
      cell.#watch = cell.#watchMemory()
      return cell
    }
    const why = heard.type === 'lost' ? heard.why : heard.type === 'broke' ? heard.words : 'it answered with a verdict'
    const words = printable(cell.#lastWords)
    cell.kill()
    throw new Error(`a worker did not start: ${why}${words === '' ? '' : `\n${words}`}`)
  }

  async judge(submission: Pick<Order, 'source' | 'refusal'>): Promise<Judged> {
    const { guardS, brief } = this.#options
    const nonce = randomBytes(16).toString('hex')
    const heard = await this.#exchange({ type: 'grade', nonce, ...submission }, guardS)
    if (heard.type === 'lost') return { lost: heard.why }
    if (heard.type === 'ready' || heard.nonce !== nonce) return { lost: this.#lose('it answered what was not asked') }
    this.graded += 1
    if (heard.type === 'broke') return { lost: heard.words }
    const { facts, settings } = brief
    const expected = { exercise: facts.id, exerciseVersion: facts.version, mode: settings.mode, checks: this.checks }
    const complaint = complaintAbout(heard.verdict, expected)
    return complaint === undefined ? { verdict: heard.verdict } : { lost: this.#lose(complaint) }
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  kill(): void {
    this.#lose('it was dismissed')
  }

  async #exchange(message: Brief | Order, limitS: number): Promise<Heard> {
    if (this.#lost !== undefined) return { type: 'lost', why: this.#lost }
    const heard = new Promise<Heard>((resolve) => (this.#hear = resolve))
    const guard = setTimeout(() => this.#lose(`it took longer than ${limitS} s`), limitS * 1000)
    this.#child.stdin.write(`${JSON.stringify(message)}\n`)
    try {
      return await heard
    } finally {
      clearTimeout(guard)
    }
  }

  #take(bytes: Buffer): void {
    if (this.#lost !== undefined) return
    const end = bytes.indexOf(10)
    this.#held.push(end < 0 ? bytes : bytes.subarray(0, end))
    this.#heldBytes += bytes.length
    if (this.#heldBytes > ANSWER_MAX) return void this.#lose(`it answered with more than ${ANSWER_MAX} bytes`)
    if (end < 0) return
    if (end !== bytes.length - 1) return void this.#lose('it answered more than once')
    const line = Buffer.concat(this.#held).toString('utf8')
    this.#held = []
    this.#heldBytes = 0
    const answer = readAnswer(line)
    if (answer.type === 'garbage') return void this.#lose(answer.why)
    const hear = this.#hear
    if (hear === undefined) return void this.#lose('it answered what was not asked')
    this.#hear = undefined
    hear(answer)
  }

  /** Ends it, once. Returns why, the first reason given. */
  #lose(why: string): string {
    if (this.#lost !== undefined) return this.#lost
    this.#lost = why
    clearInterval(this.#watch)
    this.#held = []
    // With it goes the process inside its namespace.
    this.#child.kill('SIGKILL')
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy()
    this.#hear?.({ type: 'lost', why })
    this.#hear = undefined
    return why
  }

  #watchMemory(): NodeJS.Timeout | undefined {
    const pid = process.platform === 'linux' ? innermost(this.#child.pid) : undefined
    if (pid === undefined) return undefined
    const limit = this.#options.memoryMiB * 1024 * 1024
    return setInterval(() => {
      const bytes = residentBytes(pid)
      if (bytes > limit) this.#lose(`it used more than ${this.#options.memoryMiB} MiB of memory`)
    }, MEMORY_LOOK_MS)
  }
}

/** A terminal must not obey what a worker wrote. */
const printable = (text: string): string => text.replace(/[^\n -~]/g, '').trim()

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
  } catch {
    return 0
  }
}

/** The process at the end of the chain: `unshare` waits for a child that is the worker. */
function innermost(pid: number | undefined): number | undefined {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      parents.set(Number(parent), Number(name))
    } catch {
      // It has just ended.
    }
  }
  let at = pid
  while (at !== undefined && parents.has(at)) at = parents.get(at)
  return at
}
