/** Checks of `watch-compact`: examples, what chance seldom meets, etcd's guarantees over seeds, reflectors on top. */
import { defineChecks, example, property, storeGuest, type Trial } from 'clusterwright/kit'
import { type Case, SHRINK, watchCase } from './cases.ts'
import {
  compact,
  corners,
  del,
  everything,
  list,
  progress,
  put,
  restore,
  room,
  snapshot,
  sync,
  txn,
  watch,
} from './corners.ts'
import { judge, tellCase } from './judge.ts'
import { reflect, reflectCase, tellReflect } from './reflect.ts'
import { say, texts } from './texts.ts'

const shown = (...steps: Case['steps']) => ({
  tell: () => tellCase({ steps }),
  run: (trial: Trial<any>) => judge(trial, { steps }),
})

const checks = [
  example('changes are told as they come', {
    stage: 'watch',
    hint: 'whole',
    ...shown(put('a'), watch(1, 'a'), everything(2), put('a', '2'), put('b'), sync, progress, del('a'), sync),
  }),

  example('a watch can begin in the past', {
    stage: 'watch',
    hint: 'whole',
    ...shown(put('a'), put('b'), put('a', '2'), everything(1, 3), everything(2, 6), sync, put('c'), put('d'), sync),
  }),

  example('a revision is told as a whole', {
    stage: 'watch',
    hint: 'whole',
    ...shown(everything(1), txn([], [put('a'), put('b')]), sync, everything(2, 2), sync),
  }),

  example('nobody waits for a slow receiver', {
    stage: 'slow',
    hint: 'slow',
    ...shown(
      everything(1),
      everything(2),
      room(1, 0),
      put('a'),
      put('b'),
      sync,
      progress,
      room(1, null),
      sync,
      progress,
    ),
  }),

  example('what is compacted cancels who needs it', {
    stage: 'slow',
    hint: 'compacted',
    ...shown(
      put('a'),
      put('a', '2'),
      del('a'),
      everything(1),
      compact(4),
      everything(2, 3),
      everything(3, 4),
      sync,
      put('b'),
      sync,
    ),
  }),

  example('after a restore, who has seen more starts anew', {
    stage: 'restore',
    hint: 'compacted',
    ...shown(
      put('a'),
      snapshot,
      put('a', '2'),
      put('b'),
      restore({ bump: 100, markCompacted: true }),
      everything(1, 5),
      sync,
      list('a', 'c'),
      everything(2, 103),
      put('b', '2'),
      sync,
    ),
  }),

  property<Case>('what chance seldom meets', {
    stage: 'slow',
    hint: 'slow',
    per200: corners.length,
    generate: (_, seed) => corners[(seed - 1) % corners.length]!,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  property<Case>('ordered, unique, reliable, atomic, bookmarkable', {
    stage: 'slow',
    hint: 'slow',
    generate: watchCase,
    run: judge,
    tell: tellCase,
    shrink: SHRINK,
  }),

  property<Case>('reflectors keep in step, over restores too', {
    stage: 'restore',
    hint: 'compacted',
    per200: 100,
    generate: reflectCase,
    run: reflect,
    tell: tellReflect,
    shrink: SHRINK,
    praise: say('whole'),
  }),
]

export default defineChecks(storeGuest(), checks, texts)
