import { describe, expect, it } from 'vitest'
import type { Body } from '#cluster/kernel/component.ts'
import type { ProbeState } from '#cluster/kernel/probe.ts'
import { probe } from '#cluster/kernel/probe.ts'
import { World } from '#cluster/kernel/world.ts'
import { etcd, type EtcdOptions } from './etcd.ts'
import type { StatusResponse } from './cluster-messages.ts'
import type { EtcdRequest } from './messages.ts'

/** One member, asked one thing after the other. */
function conversation(options: EtcdOptions = {}) {
  const world = new World({ seed: 1, components: { etcd, probe } })
  world.addMachine('m')
  world.addProcess({ machine: 'm', name: 'etcd', component: 'etcd', options })
  world.addProcess({ machine: 'm', name: 'probe', component: 'probe', options: {} })
  world.run({ untilMicros: 1_000_000 })
  let asked = 0
  const heard = () => world.stateOf<ProbeState>('m/probe').heard
  const ask = (body: EtcdRequest): any => {
    const name = String(++asked)
    world.command(world.now, {
      type: 'tell',
      process: 'm/probe',
      body: { type: 'ask', name, to: 'm/etcd', body } as Body,
    })
    world.run({ untilMicros: world.now + 100_000 })
    return heard().find((entry) => entry.name === name)?.body
  }
  const crash = (): void => {
    world.command(world.now, { type: 'crash', process: 'm/etcd' })
    world.command(world.now + 1, { type: 'start', process: 'm/etcd' })
    world.run({ untilMicros: world.now + 1_000_000 })
  }
  return { ask, crash }
}

const put = (key: string, value: string): EtcdRequest => ({ type: 'Put', key, value })
const sizes = ({ dbSize, dbSizeInUse }: StatusResponse): [number, number] => [dbSize, dbSizeInUse]
const LARGE = 'x'.repeat(50_000)

describe('the file', () => {
  it('keeps its size when revisions are compacted, until it is defragmented', () => {
    const { ask } = conversation()
    for (let i = 0; i < 4; i++) ask(put('a', LARGE))
    const [file, inUse] = sizes(ask({ type: 'Status' }))
    expect(inUse).toBe(file)
    ask({ type: 'Compact', revision: 5 })
    const [after, less] = sizes(ask({ type: 'Status' }))
    expect(after).toBe(file)
    expect(less).toBeLessThan(file / 2)
    ask({ type: 'Defragment' })
    expect(sizes(ask({ type: 'Status' }))).toEqual([less, less])
  })
})

describe('a store without space', () => {
  const full = () => {
    const told = conversation({ quotaBackendBytes: 200_000 })
    const answers = [1, 2, 3, 4, 5].map((n) => told.ask(put(`k${n}`, LARGE)))
    return { ...told, answers }
  }
  const NO_SPACE = { type: 'Error', code: 'ResourceExhausted', message: 'etcdserver: mvcc: database space exceeded' }

  it('raises the alarm and takes no more, not even what would fit', () => {
    const { ask, answers } = full()
    expect(answers.at(-1)).toEqual(NO_SPACE)
    expect(ask(put('small', '1'))).toEqual(NO_SPACE)
    expect(ask({ type: 'LeaseGrant', id: '1', ttl: 10 })).toEqual(NO_SPACE)
    expect(ask({ type: 'Status' }).errors).toEqual([expect.stringMatching(/^memberID:\d+ alarm:NOSPACE $/)])
  })

  it('still reads and deletes, and remembers the alarm after a crash', () => {
    const { ask, crash } = full()
    crash()
    expect(ask({ type: 'DeleteRange', key: 'k1' }).deleted).toBe(1)
    expect(ask({ type: 'Range', key: 'k2' }).count).toBe(1)
    expect(ask(put('small', '1'))).toEqual(NO_SPACE)
  })

  it('takes writes again once space is made and the alarm is taken back', () => {
    const { ask } = full()
    const { header } = ask({ type: 'DeleteRange', key: 'k', rangeEnd: 'l' })
    ask({ type: 'Compact', revision: header.revision })
    ask({ type: 'Defragment' })
    const [{ memberId, alarm }] = ask({ type: 'Alarm', action: 'GET', memberId: 0, alarm: undefined }).alarms
    ask({ type: 'Alarm', action: 'DEACTIVATE', memberId, alarm })
    expect(ask(put('small', '1')).type).toBe('PutResponse')
  })
})

describe('the hash', () => {
  it('tells stores apart, and is the same for the same revisions', () => {
    const hash = (value: string, revision = 0): number => {
      const { ask } = conversation()
      ask(put('a', value))
      ask(put('a', 'z'))
      return ask({ type: 'HashKV', revision }).hash
    }
    expect(hash('1')).toBe(hash('1'))
    expect(hash('1')).not.toBe(hash('2'))
    expect(hash('1', 2)).not.toBe(hash('1'))
  })
})
