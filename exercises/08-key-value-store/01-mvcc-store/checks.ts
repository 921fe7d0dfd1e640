/** Checks of `mvcc-store`: examples, what chance seldom meets, three stages against a copy per revision, memory, a cluster. */
import { cost, defineChecks, differential, example, property, storeGuest, type Trial } from 'clusterwright/kit'
import { type ClusterPlan, clusterPlan, comesUp, memberWorld } from './in-a-member.ts'
import { compactionCase, historyCase, SHRINK, txnCase, type Case } from './cases.ts'
import { compact, corners, del, get, list, put, txn, when } from './corners.ts'
import { judge, tellCase } from './judge.ts'
import { forgetsKeys, leavesMemory } from './memory.ts'
import { say, texts } from './texts.ts'

const shown = (...steps: Case['steps']) => ({
  tell: () => tellCase({ steps }),
  run: (trial: Trial<any>) => judge(trial, { steps }),
})

const checks = [
  example('the past can be read', {
    stage: 'history',
    hint: 'append',
    ...shown(
      put('a', 'red'),
      put('a', 'blue'),
      put('b', 'small'),
      del('a'),
      get('a'),
      get('a', 3),
      get('a', 2),
      get('a', 9),
    ),
  }),

  example('a key that was deleted is made anew', {
    stage: 'history',
    hint: 'generations',
    ...shown(put('a', '1'), put('a', '2'), get('a'), del('a'), del('a'), put('a', '3'), get('a'), get('a', 3)),
  }),

  example('a range ends before its end', {
    stage: 'history',
    hint: 'append',
    ...shown(
      ...['a/1', 'a/2', 'a0', 'b'].map((key) => put(key)),
      list('a/', 'a0'),
      list('a/', '\0', { limit: 2 }),
      del('a/', 'a0'),
      list('a', 'z'),
    ),
  }),

  example('a transaction is one revision, or none', {
    stage: 'txn',
    hint: 'generations',
    ...shown(
      txn([when('a', 'VERSION', 'EQUAL', 0)], [put('a'), put('b'), get('b')], [get('a')]),
      txn([when('a', 'VERSION', 'EQUAL', 0)], [put('a'), put('b')], [get('a')]),
      txn([when('a', 'MOD', 'EQUAL', 2)], [put('a', '2'), del('b'), put('b', '3')]),
      list('a', 'c'),
      txn([], [put('a', '4'), get('b', 9)]),
      get('a'),
    ),
  }),

  example('compaction keeps what is still the newest', {
    stage: 'compaction',
    hint: 'compaction',
    ...shown(
      put('a', 'red'),
      put('a', 'blue'),
      put('b', 'small'),
      del('a'),
      compact(4),
      get('a', 3),
      list('a', 'c', { revision: 4 }),
      list('a', 'c'),
      compact(4),
      compact(9),
    ),
  }),

  property<Case>('what chance seldom meets', {
    stage: 'history',
    hint: 'append',
    per200: corners.length,
    generate: (_, seed) => corners[(seed - 1) % corners.length]!,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  differential<Case>('history: as a copy of the store for each revision', {
    stage: 'history',
    hint: 'append',
    generate: historyCase,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  differential<Case>('transactions: as a copy of the store for each revision', {
    stage: 'txn',
    hint: 'generations',
    generate: txnCase,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  differential<Case>('compaction: as a copy of the store for each revision', {
    stage: 'compaction',
    hint: 'compaction',
    generate: compactionCase,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  cost('a long history fits into memory', {
    stage: 'history',
    hint: 'append',
    run: (trial) => leavesMemory(trial, 'copies'),
  }),

  cost('what compaction forgets leaves memory', {
    stage: 'compaction',
    hint: 'compaction',
    run(trial) {
      leavesMemory(trial, 'values')
      forgetsKeys(trial)
    },
  }),

  property<ClusterPlan>('in a member of etcd: a Deployment comes up', {
    stage: 'compaction',
    hint: 'append',
    per200: 2,
    generate: clusterPlan,
    world: memberWorld,
    run: comesUp,
    praise: say('ran-inside'),
  }),
]

export default defineChecks(storeGuest(), checks, texts)
