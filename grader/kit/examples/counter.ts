/** Checks of every layer that needs no cluster, for a toy: `add(by, file)` adds to a number in a file, under a lock. */
import {
  asyncGuest,
  AsyncHost,
  type AsyncProcess,
  cost,
  type Crash,
  defineChecks,
  differential,
  example,
  exploration,
  faultMatrix,
  type HostCall,
  property,
  ranking,
  type Trial,
  type Turns,
} from '../kit.ts'

/** The file and its lock, and processes that each add something. */
class Desk {
  value = 0
  readonly host: AsyncHost
  #holder: AsyncProcess | undefined
  #waiting: HostCall[] = []

  constructor(trial: Trial<any>, turns?: Turns) {
    this.host = new AsyncHost(trial, {
      perform: (call) => this.#perform(call),
      ended: (process) => process === this.#holder && this.#grant(),
      ...(turns && {
        turns: {
          state: () => `${this.value} ${this.#holder?.name}`,
          isBlocked: (process, method) => method === 'lock' && ![undefined, process].includes(this.#holder),
          ...turns,
        },
      }),
    })
  }

  add(name: string, by: number, crash?: Crash): AsyncProcess {
    return this.host.start(name, 'add', [by], crash ? { crash } : {})
  }

  #perform(call: HostCall): void {
    if (call.method === 'read') return call.reply(this.value)
    if (call.method === 'write') return call.reply((this.value = Number(call.args[0])))
    if (call.method === 'lock') {
      this.#waiting.push(call)
      return void (this.#holder ?? this.#grant())
    }
    if (call.process === this.#holder) this.#grant()
    call.reply()
  }

  #grant(): void {
    const next = this.#waiting.shift()
    this.#holder = next?.process
    next?.reply()
  }
}

function sum(trial: Trial<any>, desk: Desk, ...allowed: number[]): void {
  desk.host.run()
  const expected = allowed.join(' or ')
  trial.ensure(allowed.includes(desk.value), () => ({
    message: 'The sum is wrong.',
    expected,
    actual: `${desk.value}`,
  }))
}

// region example
const oneAfterTheOther = example('two and three are five', {
  run(trial) {
    const desk = new Desk(trial)
    desk.add('first', 2)
    desk.host.run()
    desk.add('second', 3)
    sum(trial, desk, 5)
  },
})
// endregion

// region property
const anyOrder = property<{ amounts: readonly number[] }>('many at once lose nothing', {
  per200: 20,
  generate: (chance) => ({ amounts: chance.times(chance.between(2, 4), () => chance.between(1, 9)) }),
  run(trial, { amounts }) {
    const desk = new Desk(trial)
    amounts.forEach((by, index) => desk.add(`add-${index + 1}`, by))
    sum(
      trial,
      desk,
      amounts.reduce((all, by) => all + by, 0),
    )
  },
  shrink: { fixed: ['amounts'], nonEmpty: ['amounts'] },
})
// endregion

// region differential
const likeAddition = differential<{ value: number; by: number }>('it adds as addition does', {
  per200: 50,
  generate: (chance) => ({ value: chance.int(1000), by: chance.int(1000) }),
  run(trial, { value, by }) {
    const desk = new Desk(trial)
    desk.value = value
    desk.add('add', by)
    sum(trial, desk, value + by)
  },
  shrink: { fixed: ['value', 'by'] },
})
// endregion

// region faults
const mayDie = faultMatrix<{ by: number }, number, Crash>('who dies has added, or has not', {
  per200: 1,
  generate: () => ({ by: 2 }),
  sites(trial, { by }) {
    const desk = new Desk(trial)
    const process = desk.add('add', by)
    sum(trial, desk, by)
    return process.calls
  },
  classes: (['before', 'after'] as const).map((when) => ({
    name: `dies ${when} a call`,
    places: (calls) => Array.from({ length: calls }, (_, index): Crash => ({ call: index + 1, when })),
  })),
  inWords: ({ call, when }) => ({ key: `grader.fault.crash-${when}`, params: { call: String(call) } }),
  run(trial, { by }, [crash]) {
    const desk = new Desk(trial)
    desk.add('doomed', by, crash)
    desk.add('other', 10)
    sum(trial, desk, 10, 10 + by)
  },
})
// endregion

// region exploration
const everyOrder = exploration<{ readonly names: readonly string[] }>('in every order of their calls nothing is lost', {
  cases: [{ names: ['a', 'b'] }, { names: ['a', 'b', 'c'] }],
  bound: { deviations: 3 },
  budget: { schedules: 500 },
  run(trial, { names }) {
    const desk = new Desk(trial, {})
    for (const name of names) desk.add(name, 1)
    sum(trial, desk, names.length)
  },
})
// endregion

// region cost
const fewCalls = cost('it takes four calls', {
  run(trial) {
    const desk = new Desk(trial)
    const { calls } = desk.add('add', 1)
    sum(trial, desk, 1)
    const made = desk.host.processes[0]!.calls
    trial.ensure(calls + made <= 4, () => ({ message: 'Too many calls.', expected: '4', actual: `${made}` }))
  },
})
// endregion

// region ranking
const fewestCalls = ranking<{ by: number }>('where it stands by its calls', {
  measures: [{ name: 'calls', title: 'calls', digits: 0 }],
  references: [{ name: 'lock, read, write, unlock', measure: () => ({ calls: 4 }) }],
  generate: (chance) => ({ by: chance.between(1, 9) }),
  measure(trial, { by }) {
    const desk = new Desk(trial)
    const { calls } = desk.add('add', by)
    sum(trial, desk, by)
    return { values: { calls: calls + desk.host.processes[0]!.calls } }
  },
  bar({ pairings }) {
    const { median } = pairings[0]!.ratio
    if (median <= 1.5) return undefined
    return { message: 'Too many calls.', expected: '1.5 times those of the reference', actual: `${median} times` }
  },
})
// endregion

export default defineChecks(asyncGuest({ functions: ['add'], methods: ['lock', 'unlock', 'read', 'write'] }), [
  oneAfterTheOther,
  anyOrder,
  likeAddition,
  mayDie,
  everyOrder,
  fewCalls,
  fewestCalls,
])
