/** What the command `check` does not show: the reference against the simulation's own store, and that the member is the learner's. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { apply, applyRange } from '#cluster/etcd/apply.ts'
import { createKeyspace } from '#cluster/etcd/keyspace.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { EtcdResponse, RangeRequest, WriteRequest } from '#cluster/etcd/messages.ts'
import { compileSubmission, findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { chanceFrom } from '#grader/kit/chance.ts'
import { answerOf, stepOf } from '#grader/kit/store-steps.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { grade } from '#grader/verdict/grade.ts'
import { compactionCase, historyCase, txnCase } from './cases.ts'
import { corners } from './corners.ts'
import { isSame, partOf } from './judge.ts'
import { Reference, type Step } from './reference.ts'

/** etcd lets nobody change one key twice in a transaction, and knows the leases that it was told of. */
const REFUSED = /duplicate key|lease not found/

/** The same step as etcd has it: ids of leases are texts there. */
const withIds = (step: Step): unknown =>
  JSON.parse(JSON.stringify(step), (name, value: unknown) => {
    const isCompare = typeof value === 'object' && value !== null && 'target' in value && value.target === 'LEASE'
    if (isCompare) return { ...value, operand: String((value as unknown as { operand: number }).operand) }
    return name === 'lease' ? String(value as number) : value
  })

function sameAsEtcd(steps: readonly Step[]): number {
  const [reference, keyspace, leases] = [new Reference(), createKeyspace(), new Table<string, number>()]
  for (let id = 1; id <= 8; id++) {
    apply(keyspace, { type: 'LeaseGrant', ttl: 60, id: String(id) })
    leases.set(String(id), id)
  }
  for (const [index, step] of steps.entries()) {
    const request = withIds(step) as WriteRequest | RangeRequest
    const response: EtcdResponse =
      request.type === 'Range' ? applyRange(keyspace.store, request) : apply(keyspace, request).response
    if (response.type === 'Error' && REFUSED.test(response.message)) return index
    const [own, expected] = [answerOf(leases, response)!, reference.act(step)]
    if (!isSame(partOf(own, expected), expected)) expect(own).toEqual(expected)
  }
  return steps.length
}

it.each([
  ['history', historyCase],
  ['transactions', txnCase],
  ['compaction', compactionCase],
])('the reference answers as the simulation’s own store: %s', (_, generate) => {
  let compared = 0
  for (let seed = 1; seed <= 300; seed++) compared += sameAsEtcd(generate(chanceFrom(seed, 'reference')).steps)
  expect(compared).toBeGreaterThan(1000)
})

it('and so in the corners, where etcd lets one get there', () => {
  const whole = corners.filter(({ steps }) => sameAsEtcd(steps) === steps.length)
  expect(whole.length).toBeGreaterThan(corners.length - 15)
})

it('a request that the exercise’s store has no word for has no step', () => {
  const leases = new Table<string, number>()
  expect(stepOf(leases, { type: 'Range', key: 'a', countOnly: true })).toBeUndefined()
  expect(stepOf(leases, { type: 'Put', key: 'a', value: '1', prevKv: true })).toBeUndefined()
  expect(stepOf(leases, { type: 'Put', key: 'a', value: { b: 1, a: 2 }, lease: '77' })).toEqual({
    ...{ type: 'Put', key: 'a', value: '{"a":2,"b":1}', lease: 1 },
  })
})

it('a member whose store lies is found out in the cluster', async () => {
  const folder = findExercises().find(({ id }) => id === 'mvcc-store')!
  const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
  const solution = readFileSync(new URL('solution.ts', import.meta.url), 'utf8')
  const checks = exercise.checks.checks.filter(({ name }) => name.startsWith('in a member'))
  const statusOf = (source: string) => {
    const compiled = compileSubmission(source, false)
    const only = { ...exercise, checks: { ...exercise.checks, checks } }
    return grade({ exercise: only, compiled, mode: 'submit', engine, seeds: 200 }).checks[0]!.status
  }
  expect(statusOf(solution)).toBe('pass')
  // Nobody reads a node's lease; who watches it is told of a version that it never had.
  expect(statusOf(solution.replace('(old?.version ?? 0) + 1', '1'))).toBe('fail')
  expect(statusOf(solution.replace('if (this.#pending > 0) this.#revision++', 'this.#revision++'))).toBe('fail')
  expect(
    statusOf(
      solution.replace('const old = this.#current(key)', 'while (key > "/registry/n");const old = this.#current(key)'),
    ),
  ).toBe('error')
})
