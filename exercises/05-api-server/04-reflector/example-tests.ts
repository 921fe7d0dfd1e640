/** Our own examples for `reflector`: together they catch every wrong solution that examples can catch. */
import type { ReflectorExample, ReflectorStep } from 'clusterwright/reflector-tests'

const on = (heard: string, ...deltas: string[]): ReflectorStep => ({ on: heard, deltas })
const next = (ask: string): ReflectorStep => ({ next: ask })
const cache = (...objects: string[]): ReflectorStep => ({ cache: objects })
const example = (name: string, ...steps: ReflectorStep[]): ReflectorExample => ({ name, steps })

/** One digit more, and ten of them are one number. */
const LONG = '999999999999999999009'

const begin = [next('list'), on('LISTED 90 a@12 b@80', 'added a@12', 'added b@80'), next('watch 90')]

const examples: ReflectorExample[] = [
  example('it begins with a list', ...begin, cache('a@12', 'b@80')),
  example('it may be asked twice', next('list'), next('list'), on('LISTED 90'), next('watch 90'), next('watch 90')),
  example(
    'an empty list',
    next('list'),
    on('LISTED 90'),
    next('watch 90'),
    on('ADDED a@91', 'added a@91'),
    cache('a@91'),
  ),
  example(
    'each change',
    ...begin,
    ...[on('ADDED c@91', 'added c@91'), on('MODIFIED a@99', 'updated a@99'), on('MODIFIED a@100', 'updated a@100')],
    ...[on('DELETED b@101', 'deleted b'), cache('a@100', 'c@91'), on('ENDED 200'), next('watch 101')],
  ),
  example('what is there in this version', ...begin, on('MODIFIED a@12'), on('ADDED b@80'), cache('a@12', 'b@80')),
  example(
    'what is not there',
    ...begin,
    on('DELETED c@91'),
    on('MODIFIED d@92', 'added d@92'),
    cache('a@12', 'b@80', 'd@92'),
  ),
  example('a deletion of what is not there moves on', ...begin, on('DELETED c@91'), on('ENDED 0'), next('watch 91')),
  example('what is added twice', ...begin, on('ADDED a@91', 'updated a@91'), cache('a@91', 'b@80')),
  example('a bookmark moves on', ...begin, on('BOOKMARK 95'), cache('a@12', 'b@80'), on('ENDED 0'), next('watch 95')),
  example('a change moves on', ...begin, on('MODIFIED a@101', 'updated a@101'), on('ENDED 0'), next('watch 101')),
  example('a deletion moves on', ...begin, on('DELETED a@101', 'deleted a'), on('ENDED 0'), next('watch 101')),
  ...[0, 200, 403, 404, 429, 500, 503, 504].map((code) =>
    example(`a watch that ends with ${code}`, ...begin, on(`ENDED ${code}`), next('watch 90'), cache('a@12', 'b@80')),
  ),
  example(
    'versions are texts, however long',
    ...[next('list'), on(`LISTED ${LONG}0`), next(`watch ${LONG}0`), on(`ADDED a@${LONG}1`, `added a@${LONG}1`)],
    ...[on(`MODIFIED a@${LONG}2`, `updated a@${LONG}2`), cache(`a@${LONG}2`), on('ENDED 0'), next(`watch ${LONG}2`)],
  ),
  example('a list that fails', next('list'), on('ENDED 500'), next('list'), on('ENDED 0'), next('list')),
  example(
    'the server has forgotten',
    ...[...begin, on('ENDED 410'), cache('a@12', 'b@80'), next('list'), on('ENDED 503'), next('list')],
    ...[on('LISTED 200 b@150 c@160', 'deleted a', 'updated b@150', 'added c@160'), next('watch 200')],
    cache('b@150', 'c@160'),
  ),
  example(
    'forgotten, and nothing has changed',
    ...begin,
    on('ENDED 410'),
    on('LISTED 200 a@12 b@80'),
    next('watch 200'),
  ),
  example(
    'forgotten while it lists',
    ...[begin, on('ENDED 410'), next('list'), on('ENDED 410'), cache('a@12', 'b@80'), next('list')].flat(),
  ),
  example('forgotten, and all is gone', ...begin, on('ENDED 410'), on('LISTED 200', 'deleted a', 'deleted b'), cache()),
]

export default examples
