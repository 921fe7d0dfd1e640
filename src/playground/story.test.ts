/** What comes as a link or a file is a story, or is refused with the reason. */
import { expect, it } from 'vitest'
import { storyHash, storyIn } from './story-link.ts'
import { BadStory, DEFAULT_SETUP, readStory, type Story, writeStory } from './story.ts'

const STORY: Story = {
  setup: DEFAULT_SETUP,
  acts: [
    { at: 1_000, line: 'kubectl apply -f web.yaml', files: { 'web.yaml': 'kind: Pod' } },
    { at: 2_000, fault: { type: 'partition', groups: [['node-1'], ['node-2', 'cp-1']] } },
  ],
  until: 5_000,
}

it('comes back from its text and from a link as it was', async () => {
  expect(readStory(writeStory(STORY))).toEqual(STORY)
  expect(await storyIn((await storyHash(STORY))!)).toEqual(STORY)
  expect(await storyIn('#top')).toBeUndefined()
})

it.each([
  ['no JSON', 'hello', 'it is no JSON'],
  ['another JSON', '{"a":1}', 'it is no story'],
  ['another version', writeStory(STORY).replace('"version":1', '"version":9'), 'version 9'],
  [
    'too many nodes',
    writeStory(STORY).replace('"nodes":3', '"nodes":300'),
    'it has 300 nodes, and there can be 1 to 12',
  ],
  [
    'an even number of control planes',
    writeStory(STORY).replace('"controlPlanes":1', '"controlPlanes":2'),
    '1, 3 or 5',
  ],
  ['an unknown fault', writeStory(STORY).replace('partition', 'replaceDisk'), 'act 2 is a fault of an unknown kind: replaceDisk'], // prettier-ignore
  ['a fault without its field', writeStory(STORY).replace('"groups"', '"group"'), 'act 2 is a partition that does not say groups'], // prettier-ignore
  ['acts out of order', writeStory(STORY).replace('"at":1000', '"at":3000'), 'not in order of time'],
  ['an end before its acts', writeStory(STORY).replace('"until":5000', '"until":10'), 'it ends before its last act'],
])('refuses %s', (_, text, why) => {
  expect(() => readStory(text)).toThrow(BadStory)
  expect(() => readStory(text)).toThrow(why)
})

it('refuses a link that was cut', async () => {
  const hash = (await storyHash(STORY))!
  await expect(storyIn(hash.slice(0, -9))).rejects.toThrow('the link is damaged')
})
