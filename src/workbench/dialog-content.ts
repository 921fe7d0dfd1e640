/** Which dialog is open, filled with what it needs. */
import { type TemplateResult, html } from 'lit'
import type { CheckResult } from '#grader/verdict/verdict.ts'
import type { DiffView } from '../editor/code-editor.ts'
import type { Desk } from './desk.ts'
import { type DialogKind, drawDifferenceDialog, drawGuessDialog, drawResetDialog } from './dialogs-view.ts'
import { drawDifference } from './diff-view.ts'
import { words } from './words.ts'

/** Two texts being compared: in Monaco's own view, which lives in `host`, or in plain HTML where there is none. */
export interface DifferenceContent {
  before: string
  after: string
  host?: HTMLElement
  view?: DiffView | undefined
}

export interface DialogContext {
  desk: Desk
  now: number
  difference: DifferenceContent | undefined
  setText(text: string): void
  close(): void
}

function drawTexts(difference: DifferenceContent | undefined): unknown {
  if (!difference) return html``
  return difference.host ?? drawDifference(difference.before, difference.after)
}

export function drawDialog(kind: DialogKind, context: DialogContext): TemplateResult {
  const { desk, now, difference, setText, close } = context
  /** The dialog goes first: the text's change would otherwise be drawn beneath it. */
  const put = (text: () => string) => {
    close()
    setText(text())
  }
  if (kind === 'reset') {
    return drawResetDialog({
      earlier: desk.earlierDrafts(),
      now,
      isStarter: desk.isStarter(),
      reset: () => put(desk.reset),
      restore: (source) => put(() => desk.restore(source)),
      close,
    })
  }
  if (kind === 'guess') {
    const checks = desk.state().verdict?.checks ?? []
    const titleOf = ({ title, name }: CheckResult) => title ?? name
    const asking = checks.find(({ name }) => name === desk.asking())
    return drawGuessDialog({
      check: asking ? titleOf(asking) : '',
      suspects: checks.filter((check) => check.status !== 'pass').map(titleOf),
      answer(guess) {
        const going = desk.answer(guess)
        close()
        void going
      },
    })
  }
  if (kind === 'solution') {
    return drawDifferenceDialog({
      title: words().besideOurs,
      lead: words().besideOursLead,
      difference: drawTexts(difference),
      close,
    })
  }
  return drawDifferenceDialog({
    title: words().newStarter,
    lead: words().newStarterLead,
    difference: drawTexts(difference),
    close,
    action: { label: words().startFromNew, run: () => put(desk.reset) },
  })
}
