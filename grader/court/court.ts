/**
 * The court: grades other people's code in worker processes, one per core, behind a second wall.
 *
 * What the real one does: an autograder starts a container per submission, or a pool of them, and believes what comes out.
 * What we model: warm processes that can do nothing but read a few files and answer (`walls.ts`), a fresh virtual machine for
 * each run as everywhere, an answer that is checked before it is believed (`messages.ts`), a guard on wall time and memory.
 * Whatever happens to a worker is `internal`, our fault, and never `fail`; who is `internal` twice is set aside.
 * What we leave out: a process for each submission; `THREATS.md` says what that means.
 * Where to read upstream: Node's page on its permission model; namespaces(7); Gradescope's and PrairieLearn's autograders.
 */
import { buildMeteredEngine } from '../sandbox/build-engine.ts'
import { internalVerdict } from '../verdict/internal.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { Cell } from './cell.ts'
import type { CellOptions } from './cell.ts'
import type { Order } from './messages.ts'

export interface CourtOptions extends CellOptions {
  readonly workers: number
  /** A worker is replaced after this many submissions, whatever they have left in it. */
  readonly recycleAfter?: number
  /** How often a submission is tried before it is set aside; default 2. */
  readonly triesMax?: number
}

export interface Judgement {
  readonly verdict: Verdict
  /** What was lost on the way, in order. With as many as there are tries it is set aside. */
  readonly losses: readonly string[]
}

const TRIES_MAX = 2
const STARTS_MAX = 3
const RECYCLE_AFTER = 500

interface Case {
  readonly submission: Pick<Order, 'source' | 'refusal'>
  readonly losses: string[]
  readonly resolve: (judgement: Judgement) => void
  readonly reject: (error: unknown) => void
}

export class Court {
  readonly #options: CourtOptions
  readonly #triesMax: number
  readonly #waiting: Case[] = []
  readonly #idle: Cell[] = []
  readonly #cells = new Set<Cell>()
  #busy = 0
  #hasStarted = false
  #broken: unknown
  #isClosed = false

  constructor(options: CourtOptions) {
    this.#options = options
    this.#triesMax = options.triesMax ?? TRIES_MAX
    // A worker may not write: in a checkout where nothing was graded yet it would find no engine, and could make none.
    buildMeteredEngine()
  }

  /** Grades one submission. Rejects only when no worker can be started, or the court is closed. */
  judge(submission: Pick<Order, 'source' | 'refusal'>): Promise<Judgement> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ submission, losses: [], resolve, reject })
      this.#next()
    })
  }

  /** Ends all workers at once. What still waits is rejected. */
  close(): void {
    this.#isClosed = true
    for (const cell of this.#cells) cell.kill()
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the court was closed'))
  }

  #next(): void {
    if (this.#isClosed || this.#busy >= this.#options.workers) return
    const one = this.#waiting.shift()
    if (one === undefined) return
    this.#busy += 1
    void this.#settle(one).finally(() => {
      this.#busy -= 1
      this.#next()
    })
  }

  async #settle(one: Case): Promise<void> {
    try {
      while (one.losses.length < this.#triesMax) {
        const verdict = await this.#try(one)
        if (verdict) return one.resolve({ verdict, losses: one.losses })
        if (this.#isClosed) throw new Error('the court was closed')
      }
      const { facts, settings } = this.#options.brief
      const broken = { exercise: facts.id, exerciseVersion: facts.version, mode: settings.mode }
      one.resolve({ verdict: internalVerdict(broken, one.losses.at(-1)), losses: one.losses })
    } catch (error) {
      one.reject(error)
    }
  }

  /** A verdict that stands, or nothing: then the loss is noted. */
  async #try(one: Case): Promise<Verdict | undefined> {
    const cell = await this.#cell()
    const judged = await cell.judge(one.submission)
    this.#giveBack(cell)
    if ('verdict' in judged && judged.verdict.status !== 'internal') return judged.verdict
    one.losses.push('lost' in judged ? judged.lost : wordsOf(judged.verdict))
    // What the grader itself found out about its breakdown says more than we could.
    return 'verdict' in judged && one.losses.length >= this.#triesMax ? judged.verdict : undefined
  }

  #giveBack(cell: Cell): void {
    const { recycleAfter = RECYCLE_AFTER } = this.#options
    if (cell.isLost || cell.graded >= recycleAfter) {
      cell.kill()
      this.#cells.delete(cell)
    } else this.#idle.push(cell)
  }

  async #cell(): Promise<Cell> {
    for (let cell = this.#idle.pop(); cell !== undefined; cell = this.#idle.pop()) {
      if (!cell.isLost) return cell
      this.#cells.delete(cell)
    }
    for (let start = 1; ; start++) {
      if (this.#broken !== undefined) throw this.#broken
      try {
        const cell = await Cell.open(this.#options)
        this.#cells.add(cell)
        this.#hasStarted = true
        if (this.#isClosed) cell.kill()
        return cell
      } catch (error) {
        // Where none has ever started, another try would say the same.
        if (start < STARTS_MAX && this.#hasStarted && !this.#isClosed) continue
        this.#broken ??= error
      }
    }
  }
}

function wordsOf({ message, checks }: Verdict): string {
  return message ?? checks.find(({ status }) => status === 'internal')?.message ?? 'the grader broke down'
}
