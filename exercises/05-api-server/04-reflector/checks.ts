/** Checks of `reflector`: examples, stories of a store behind a bad connection, and the simulated API server. */
import { defineChecks, example, property, reflectorGuest, type Trial } from 'clusterwright/kit'
import { type Act, type Case, type LiveCase, liveCase, storyCase } from './cases.ts'
import { liveWorld, runLive, tellLive } from './live.ts'
import { playStory, Story, tellStory } from './story.ts'
import { texts } from './texts.ts'

const put = (name: string): Act => ({ do: 'put', name })
const del = (name: string): Act => ({ do: 'delete', name })
const hear = (count: number): Act => ({ do: 'hear', count })
const end = (code: number): Act => ({ do: 'end', code })
const [elsewhere, bookmark, forget]: [Act, Act, Act] = [{ do: 'elsewhere' }, { do: 'bookmark' }, { do: 'forget' }]
const again: Act = { do: 'again' }
const misname = (name: string): Act => ({ do: 'misname', name })

/** Too long for a number: two that follow each other are one as numbers. */
const LONG = '99999999999999999900'
/** All that are not 410 are alike. */
const CODES = [0, 200, 400, 401, 403, 404, 408, 409, 411, 413, 422, 429, 500, 502, 503, 504]

const shown = (...stories: Act[][]) => ({
  run(trial: Trial<any>): void {
    for (const acts of stories) playStory(trial, { acts })
    playStory(trial, { acts: stories[0]!, prefix: LONG })
  },
})

const checks = [
  example('a list first, then each change once', {
    stage: 'keep up',
    hint: 'states',
    ...shown(
      [put('a'), hear(1), put('b'), put('a'), hear(2), del('a'), hear(1), put('a'), hear(1)],
      [put('a'), misname('a'), misname('b'), hear(3), put('b'), del('a'), hear(2)],
    ),
  }),

  example('what changes nothing has no delta', {
    stage: 'keep up',
    hint: 'deltas',
    ...shown(
      [put('a'), put('b'), bookmark, end(200), forget, elsewhere, forget, end(0), hear(1), bookmark],
      [put('a'), hear(1), again, del('a'), hear(1), again, { do: 'flash', name: 'b' }, hear(1), end(200), put('a')],
    ),
  }),

  example('a watch goes on where it ended', {
    stage: 'resume',
    hint: 'resume',
    ...shown(
      [put('a'), elsewhere, hear(1), end(200), put('b'), hear(1), end(0), put('c'), hear(1)],
      [elsewhere, bookmark, end(500), put('a'), hear(1), elsewhere, elsewhere, bookmark, end(429), put('a'), hear(1)],
      [
        { do: 'refuse', code: 500 },
        put('a'),
        end(200),
        { do: 'refuse', code: 503 },
        put('b'),
        hear(2),
        del('a'),
        hear(1),
      ],
      CODES.flatMap((code) => [put('a'), hear(1), end(code)]),
    ),
  }),

  example('who is told 410 lists anew, and finds what is gone', {
    stage: 'start anew',
    hint: 'anew',
    // What happens before the end of the watch has not arrived by then.
    ...shown(
      [put('a'), put('b'), put('c'), hear(3), del('a'), put('b'), put('d'), forget, end(0), hear(1), put('c'), hear(1)],
      [put('a'), hear(1), end(410), { do: 'refuse', code: 500 }, put('b'), hear(1)],
      [
        put('a'),
        put('b'),
        put('c'),
        hear(3),
        del('a'),
        del('c'),
        end(410),
        { do: 'refuse', code: 410 },
        put('b'),
        hear(1),
      ],
      [put('a'), hear(1), del('a'), forget, end(200), hear(1), put('a'), hear(1)],
      [
        put('a'),
        hear(1),
        del('a'),
        put('a'),
        elsewhere,
        forget,
        end(500),
        { do: 'refuse', code: 0 },
        hear(1),
        del('a'),
      ],
    ),
  }),

  example('two copies share nothing', {
    stage: 'keep up',
    hint: 'states',
    run(trial) {
      const guest = trial.start()
      new Story(trial, guest, 0).play([put('a'), hear(1), end(410), put('b'), hear(1)])
      new Story(trial, guest, 1).play([put('c'), hear(1), end(0), put('d'), hear(1)])
    },
  }),

  property<Case>('whatever happens to the store and the connection, the copy is true', {
    stage: 'start anew',
    hint: 'anew',
    generate: storyCase,
    run: playStory,
    tell: tellStory,
    shrink: { fixed: ['acts', 'do', 'name', 'count', 'code'] },
  }),

  property<LiveCase>('in a live cluster whose server restarts, the copy comes right', {
    stage: 'start anew',
    hint: 'anew',
    per200: 10,
    generate: liveCase,
    world: liveWorld,
    run: runLive,
    calm: (plan) => ({ ...plan, faults: {} }),
    tell: tellLive,
    shrink: { fixed: ['writes', 'faults', 'atMs', 'do', 'name', 'forMs'], triesMax: 30 },
  }),
]

export default defineChecks(reflectorGuest(), checks, texts)
