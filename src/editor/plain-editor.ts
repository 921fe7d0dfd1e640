/**
 * The plain editor: a text area with line numbers, for screen readers, phones, and whoever likes it better.
 *
 * Tab indents and Escape followed by Tab leaves, as in Monaco. Every edit goes through the browser's own undo list.
 */
import type { Diagnostic } from '#grader/verdict/verdict.ts'
import type { CodeEditor, CodeEditorOptions } from './code-editor.ts'
import { indentationAfter, indentLines, lineSpan, outdentLines, type TextEdit } from './plain-edits.ts'

/** Replaces a stretch of the text so that the browser can undo it. */
function apply(area: HTMLTextAreaElement, edit: TextEdit): void {
  area.setSelectionRange(edit.from, edit.to)
  // The only way into a text area's undo list; `setRangeText` would empty it.
  const isInserted =
    edit.text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, edit.text)
  if (!isInserted && area.value.slice(edit.from, edit.to) !== edit.text) {
    area.setRangeText(edit.text, edit.from, edit.to, 'end')
    area.dispatchEvent(new Event('input', { bubbles: true }))
  }
  area.setSelectionRange(edit.selectFrom, edit.selectTo)
}

function handleKeys(area: HTMLTextAreaElement): void {
  let escaped = false
  area.addEventListener('keydown', (event) => {
    const isLeaving = escaped
    if (event.key !== 'Shift') escaped = event.key === 'Escape'
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const { value, selectionStart: from, selectionEnd: to } = area
    if (event.key === 'Tab' && !isLeaving) {
      event.preventDefault()
      apply(area, event.shiftKey ? outdentLines(value, from, to) : indentLines(value, from, to))
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      apply(area, indentationAfter(value, from, to))
    }
  })
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.className = className
  return made
}

function makeArea(label: string, value: string, readOnly: boolean): HTMLTextAreaElement {
  const area = element('textarea', 'cw-plain-text')
  area.wrap = 'off'
  area.spellcheck = false
  area.autocapitalize = 'off'
  area.autocomplete = 'off'
  area.setAttribute('autocorrect', 'off')
  area.setAttribute('aria-label', label)
  area.value = value
  area.readOnly = readOnly
  return area
}

/** Opens the plain editor in `host`. */
export function createPlainEditor(host: HTMLElement, options: CodeEditorOptions): CodeEditor {
  const frame = element('div', 'cw-plain')
  const numbers = element('div', 'cw-plain-numbers')
  numbers.setAttribute('aria-hidden', 'true')
  const band = element('div', 'cw-plain-band')
  const own = makeArea(options.label, options.value, false)
  const viewer = makeArea('', '', true)
  viewer.hidden = true
  frame.append(numbers, band, own, viewer)
  host.replaceChildren(frame)
  // A text area begins with its caret at the end; whoever opens a file begins at its top.
  own.setSelectionRange(0, 0)
  frame.style.setProperty('--cw-code-size', `${options.fontSizePx}px`)
  let failedLine: number | undefined
  let problemLines = new Set<number>()

  const shown = () => (viewer.hidden ? own : viewer)
  const lineHeight = () => Number.parseFloat(getComputedStyle(own).lineHeight)
  const draw = () => {
    const lines = shown().value.split('\n').length
    const isOwn = shown() === own
    numbers.replaceChildren(
      ...Array.from({ length: lines }, (_, index) => {
        const number = element(
          'div',
          isOwn && problemLines.has(index + 1) ? 'cw-plain-number has-problem' : 'cw-plain-number',
        )
        number.textContent = String(index + 1)
        return number
      }),
    )
    band.hidden = !isOwn || !failedLine || failedLine > lines
    follow()
  }
  const follow = () => {
    numbers.style.translate = `0 ${-shown().scrollTop}px`
    band.style.translate = `0 ${(failedLine ?? 1) * lineHeight() - lineHeight() - own.scrollTop}px`
  }
  const show = (fileName: string) => {
    const file = options.readOnlyFiles.find((known) => known.name === fileName)
    viewer.hidden = !file
    own.hidden = !!file
    if (file) {
      viewer.value = file.text
      viewer.setAttribute('aria-label', `${file.name}, read only`)
    }
    draw()
  }
  handleKeys(own)
  let lines = 0
  own.addEventListener('input', () => {
    options.onChange(own.value)
    const now = own.value.split('\n').length
    if (now !== lines) draw()
    lines = now
  })
  for (const area of [own, viewer]) area.addEventListener('scroll', follow, { passive: true })
  draw()
  return {
    kind: 'plain',
    value: () => own.value,
    setValue(value) {
      const focused = document.activeElement
      show(options.fileName)
      own.focus()
      apply(own, { from: 0, to: own.value.length, text: value, selectFrom: 0, selectTo: 0 })
      if (focused instanceof HTMLElement && focused !== own) focused.focus()
      draw()
    },
    show,
    goTo({ line, column }) {
      show(options.fileName)
      const span = lineSpan(own.value, line)
      own.focus()
      own.setSelectionRange(Math.min(span.from + column - 1, span.to), span.to)
      own.scrollTop = Math.max(0, (line - 1) * lineHeight() - own.clientHeight / 3)
      own.scrollLeft = 0
    },
    mark(problems: readonly Diagnostic[], line) {
      problemLines = new Set(problems.map((problem) => problem.line))
      failedLine = line
      draw()
    },
    setFontSize(px) {
      frame.style.setProperty('--cw-code-size', `${px}px`)
      draw()
    },
    focus: () => shown().focus(),
    dispose: () => frame.remove(),
  }
}
