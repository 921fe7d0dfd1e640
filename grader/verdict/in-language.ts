/**
 * A verdict in a reader's language: everything that was said by key is said again. Pure, and the digest stays what it is, that
 * of the English verdict: two people with the same digest have read the same thing in two languages.
 */
import type { Locale, Said, Texts } from './said.ts'
import { speak, titleOf } from './say.ts'
import type { Entrant, Standing, StandingMeasure } from './standing.ts'
import type { Caught, ExampleResult, OwnResult, TestsVerdict, ToldFinding } from './tests-verdict.ts'
import type { CheckResult, Divergence, Feedback, Story, Told, Verdict } from './verdict.ts'

/** In which language, and what an exercise says (`textsOf`, where its known mistakes may be told). */
export interface Speech {
  readonly locale: Locale
  readonly texts?: Texts | undefined
}

export function inLanguage(verdict: Verdict, speech: Speech): Verdict {
  if (speech.locale === 'en') return verdict
  return {
    ...saidIn(verdict, speech),
    checks: verdict.checks.map((check) => checkInLanguage(check, speech)),
    feedback: verdict.feedback.map((one) => saidIn<Feedback>(one, speech)),
  }
}

export function checkInLanguage(check: CheckResult, speech: Speech): CheckResult {
  if (speech.locale === 'en') return check
  const title = titleOf(check.name, speech.locale, speech.texts)
  return {
    ...findingIn(check, speech),
    ...(title !== check.name && { title }),
    ...(check.faults && { faults: check.faults.map((told) => labelIn<'text', Told>(told, 'text', speech)) }),
    ...(check.story && { story: storyIn(check.story, speech) }),
    ...(check.divergence && { divergence: divergenceIn(check.divergence, speech) }),
    ...(check.standing && { standing: standingIn(check.standing, speech) }),
  }
}

export function testsInLanguage(verdict: TestsVerdict, speech: Speech): TestsVerdict {
  if (speech.locale === 'en') return verdict
  const inWords = (one: ExampleResult): ExampleResult => ({
    ...findingIn(one, speech),
    ...(one.mine && { mine: findingIn<OwnResult>(one.mine, speech) }),
  })
  return { ...saidIn(verdict, speech), examples: verdict.examples.map(inWords) }
}

/** The sentence of a mistake. */
export const mistakeIn = ({ text }: Caught, locale: Locale): string => text[locale] || text.en

const again = (said: Said, { locale, texts }: Speech): string => speak(said, locale, texts)

/** Whatever has one message, by its key where it has one. */
function saidIn<T extends { readonly message?: string; readonly said?: Said }>(what: T, speech: Speech): T {
  return what.said ? { ...what, message: again(what.said, speech) } : what
}

/** Whatever has the three texts of a finding. */
function findingIn<T extends ToldFinding>(finding: T, speech: Speech): T {
  const parts = (['message', 'expected', 'actual'] as const).flatMap((part) => {
    const said = finding.said?.[part]
    return said ? [[part, again(said, speech)] as const] : []
  })
  return { ...finding, ...Object.fromEntries(parts) }
}

/** Whatever is named by a key, in the field where the name stands. */
function labelIn<Field extends string, T extends { readonly said?: Said } & Readonly<Record<Field, string>>>(
  what: T,
  field: Field,
  speech: Speech,
): T {
  return what.said ? { ...what, [field]: again(what.said, speech) } : what
}

const storyIn = ({ lanes }: Story, speech: Speech): Story => ({
  lanes: lanes.map((lane) => ({
    ...labelIn<'name', Story['lanes'][number]>(lane, 'name', speech),
    entries: lane.entries.map((entry) => labelIn<'label', (typeof lane.entries)[number]>(entry, 'label', speech)),
  })),
})

export const standingIn = (standing: Standing, speech: Speech): Standing => ({
  ...standing,
  measures: standing.measures.map((measure) => labelIn<'title', StandingMeasure>(measure, 'title', speech)),
  entrants: standing.entrants.map((entrant) => labelIn<'title', Entrant>(entrant, 'title', speech)),
})

const divergenceIn = (divergence: Divergence, speech: Speech): Divergence => ({
  ...saidIn(divergence, speech),
  events: divergence.events.map((event) =>
    labelIn<'label', (typeof divergence.events)[number]>(event, 'label', speech),
  ),
})
