/** Our own examples for `gang-bind`: together they catch every wrong solution that examples can catch. */
import type { ExamplePod, ExamplePodGroup, GangExample, GangStep } from 'clusterwright/gang-tests'

const group = (
  name: string,
  minMember: number,
  scheduleTimeoutSeconds = 10,
  namespace = 'default',
): ExamplePodGroup => ({
  metadata: { name, namespace },
  spec: { minMember, scheduleTimeoutSeconds },
})
const member = (name: string, gang: string, spec: ExamplePod['spec'] = {}, namespace = 'default'): ExamplePod => ({
  metadata: { name, namespace, labels: { 'scheduling.x-k8s.io/pod-group': gang } },
  spec,
})
const members = (gang: string, count: number): ExamplePod[] =>
  Array.from({ length: count }, (_, index) => member(`${gang}-${index + 1}`, gang))

const waits = (pod: string, timeoutMs = 10_000): GangStep => ({
  do: 'attempt',
  pod,
  expect: { code: 'Wait', timeoutMs },
})
const passes = (pod: string, ...allows: string[]): GangStep => ({
  do: 'attempt',
  pod,
  expect: { code: 'Success', allows },
})
const refused = (pod: string): GangStep => ({ do: 'attempt', pod, expect: { code: 'Unschedulable' } })
const bind = (...pods: string[]): GangStep[] => pods.map((pod) => ({ do: 'bind', pod }))
const back = (pod: string, ...rejects: string[]): GangStep => ({ do: 'unreserve', pod, rejects })

const examples: GangExample[] = [
  {
    name: 'the last one lets the others in, and whoever comes later passes',
    podGroups: [group('red', 3, 20)],
    pods: [...members('red', 5), { metadata: { name: 'alone' } }],
    steps: [
      waits('red-1', 20_000),
      waits('red-2', 20_000),
      passes('alone'),
      passes('red-3', 'red-1', 'red-2'),
      passes('red-4'),
      ...bind('red-1', 'red-2', 'red-3', 'red-4'),
      passes('red-5'),
    ],
  },
  {
    name: 'a PodGroup that does not exist, or is in another namespace',
    podGroups: [group('red', 1, 10, 'shop')],
    pods: [member('lost', 'red'), member('found', 'red', {}, 'shop')],
    steps: [refused('lost'), passes('found'), refused('lost')],
  },
  {
    name: 'one gives its room back: its siblings do, too, and nobody else',
    podGroups: [group('red', 4), group('blue', 2)],
    pods: [...members('red', 4), ...members('blue', 2)],
    steps: [
      ...[waits('red-1'), waits('red-2'), waits('red-3'), waits('blue-1')],
      back('red-2', 'red-1', 'red-3'),
      back('red-2'),
      ...[waits('red-1'), waits('red-2'), waits('red-3')],
      passes('blue-2', 'blue-1'),
      ...bind('blue-1', 'blue-2'),
      passes('red-4', 'red-1', 'red-2', 'red-3'),
    ],
  },
  {
    name: 'room is given back that was never held',
    podGroups: [group('red', 2)],
    pods: members('red', 3),
    steps: [
      back('red-1'),
      back('red-1'),
      waits('red-1'),
      back('red-3', 'red-1'),
      waits('red-1'),
      passes('red-2', 'red-1'),
    ],
  },
  {
    name: 'whoever has given its room back has no place',
    podGroups: [group('red', 3)],
    pods: members('red', 4),
    steps: [
      ...[waits('red-1'), waits('red-2'), back('red-1', 'red-2'), waits('red-3')],
      // Another Pod of the same name.
      ...[back('red-3'), { do: 'remove', pod: 'red-3' } as const, waits('red-3'), waits('red-4')],
    ],
  },
  {
    name: 'namespace, scheduler and label make a gang',
    podGroups: [group('red', 2), group('red', 2, 30, 'shop'), group('blue', 2)],
    pods: [
      ...[...members('red', 2), member('other', 'red', {}, 'shop'), ...members('blue', 1)],
      member('foreign', 'red', { schedulerName: 'default-scheduler', nodeName: 'node-1' }),
      member('stranger', 'green', { nodeName: 'node-1' }),
    ],
    steps: [waits('red-1'), waits('other', 30_000), waits('blue-1'), passes('red-2', 'red-1')],
  },
  {
    name: 'who is bound has a place on any node, until it is over',
    podGroups: [group('red', 2), group('blue', 2), group('green', 2), group('grey', 2)],
    pods: [
      member('red-0', 'red', { nodeName: 'node-2' }),
      ...['blue', 'green', 'grey'].map((gang) => member(`${gang}-0`, gang, { nodeName: 'node-1' })),
      ...[...members('red', 1), ...members('blue', 1), ...members('green', 1), ...members('grey', 1)],
    ],
    steps: [
      { do: 'finish', pod: 'blue-0' },
      { do: 'fail', pod: 'green-0' },
      { do: 'terminate', pod: 'grey-0' },
      ...[passes('red-1'), waits('blue-1'), waits('green-1'), waits('grey-1')],
    ],
  },
  {
    name: 'a gang that was complete can be incomplete again',
    podGroups: [group('red', 2)],
    pods: members('red', 4),
    steps: [
      ...[waits('red-1'), passes('red-2', 'red-1'), ...bind('red-1', 'red-2')],
      { do: 'finish', pod: 'red-1' },
      { do: 'remove', pod: 'red-2' },
      ...[waits('red-3'), passes('red-2', 'red-3')],
    ],
  },
  {
    name: 'who is bound counts once',
    podGroups: [group('red', 3)],
    pods: members('red', 4),
    steps: [
      ...[waits('red-1'), waits('red-2'), passes('red-3', 'red-1', 'red-2'), ...bind('red-1', 'red-2', 'red-3')],
      { do: 'remove', pod: 'red-1' },
      { do: 'remove', pod: 'red-2' },
      waits('red-4'),
    ],
  },
  {
    name: 'one is bound, and the others still have their room',
    podGroups: [group('red', 3)],
    pods: members('red', 4),
    steps: [
      ...[waits('red-1'), waits('red-2'), passes('red-3', 'red-1', 'red-2'), ...bind('red-1')],
      { do: 'terminate', pod: 'red-1' },
      passes('red-4'),
    ],
  },
  {
    name: 'a binding fails, and is tried again',
    podGroups: [group('red', 2)],
    pods: members('red', 2),
    steps: [
      ...[waits('red-1'), passes('red-2', 'red-1'), ...bind('red-1')],
      ...[back('red-2'), passes('red-2'), back('red-2'), passes('red-2'), ...bind('red-2')],
    ],
  },
  {
    name: 'a scheduler that was started anew counts those that are bound',
    podGroups: [group('red', 2), group('blue', 3)],
    pods: [...members('red', 3), ...members('blue', 3)],
    steps: [
      ...[waits('red-1'), passes('red-2', 'red-1'), ...bind('red-1', 'red-2'), waits('blue-1'), waits('blue-2')],
      { do: 'restart' },
      ...[passes('red-3'), waits('blue-3'), waits('blue-1'), passes('blue-2', 'blue-1', 'blue-3')],
    ],
  },
]

export default examples
