/** How figures look: the page's tokens, nothing of their own. */
import { css } from 'lit'

/** The frame, its bars and its furniture. */
export const frameStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    color: var(--ink);
    font: 400 0.9375rem/1.45 var(--font-ui);
    text-align: start;
  }
  * {
    box-sizing: border-box;
  }
  .figure {
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--card);
    overflow: clip;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1rem;
    justify-content: space-between;
    align-items: baseline;
    border-bottom: 1px solid var(--line);
    padding: 0.7rem 1.125rem;
  }
  .head b {
    font-weight: 650;
  }
  .head span {
    color: var(--faint);
    font-size: 0.875rem;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 0.625rem;
    align-items: center;
    padding: 0.625rem 1.125rem;
  }
  .predict {
    border-bottom: 1px solid var(--line);
    background: var(--accent-soft);
  }
  .predict p {
    margin: 0;
  }
  .question {
    font-weight: 620;
  }
  .picture {
    padding: 1rem 1.125rem 0.75rem;
    min-height: 9rem;
  }
  .picture svg {
    display: block;
    max-width: 100%;
    font: 400 13px var(--font-ui);
  }
  .now-line {
    display: flex;
    gap: 0.75rem;
    align-items: baseline;
    border-top: 1px solid var(--line);
    padding: 0.55rem 1.125rem;
    min-height: 2.6rem;
  }
  .now-line .what {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .now-line time {
    flex: none;
    color: var(--soft);
    font: 0.8125rem var(--font-code);
  }
  .controls {
    border-top: 1px solid var(--line);
    background: var(--sunk);
  }
  .mono {
    font-family: var(--font-code);
    font-variant-ligatures: none;
  }
  button,
  select {
    border: 1px solid var(--line-strong);
    border-radius: 8px;
    padding: 0.34rem 0.75rem;
    min-height: 2.25rem;
    background: var(--card);
    color: var(--ink);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    border-color: var(--accent);
    color: var(--accent-strong);
  }
  button:disabled {
    cursor: default;
    opacity: 0.55;
  }
  button.quiet {
    border-color: transparent;
    padding-inline: 0.4rem;
    min-height: 1.75rem;
    background: none;
    color: var(--accent);
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 3px;
  }
  button.chip {
    border-radius: 99px;
    padding-block: 0.2rem;
    min-height: 2rem;
  }
  button.chip[aria-pressed='true'] {
    border: 2px solid var(--accent);
    color: var(--accent-strong);
  }
  button.main {
    min-width: 6.4rem;
  }
  svg.icon {
    width: 0.9em;
    height: 0.9em;
    vertical-align: -0.06em;
    fill: currentColor;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .scrub {
    position: relative;
    flex: 1 1 12rem;
    min-width: 9rem;
    height: 2.25rem;
  }
  .scrub .marks {
    position: absolute;
    inset: 0 9px;
    pointer-events: none;
  }
  .scrub .marks i {
    position: absolute;
    top: 50%;
    width: 1.5px;
    height: 12px;
    background: var(--line-strong);
    transform: translate(-50%, -50%);
  }
  .scrub .marks i.fork {
    width: 2px;
    height: 22px;
    background: var(--packet);
  }
  .scrub input {
    position: relative;
    margin: 0;
    width: 100%;
    height: 100%;
    background: none;
    appearance: none;
    cursor: pointer;
  }
  .scrub input::-webkit-slider-runnable-track {
    border-radius: 2px;
    height: 3px;
    background: linear-gradient(to right, var(--accent) var(--done), var(--line-strong) var(--done));
  }
  .scrub input::-moz-range-track {
    border-radius: 2px;
    height: 3px;
    background: linear-gradient(to right, var(--accent) var(--done), var(--line-strong) var(--done));
  }
  .scrub input::-webkit-slider-thumb {
    margin-top: -8.5px;
    border: 2px solid var(--card);
    border-radius: 6px;
    width: 14px;
    height: 20px;
    background: var(--accent);
    appearance: none;
  }
  .scrub input::-moz-range-thumb {
    border: 2px solid var(--card);
    border-radius: 6px;
    width: 12px;
    height: 18px;
    background: var(--accent);
  }
  .clock {
    color: var(--soft);
    font: 0.8125rem var(--font-code);
    white-space: nowrap;
  }
  .change {
    border-top: 1px solid var(--line);
  }
  .change label {
    display: inline-flex;
    gap: 0.5rem;
    align-items: center;
    color: var(--soft);
  }
  .change .name {
    font-weight: 620;
  }
  .branch {
    border-top: 1px dashed var(--packet);
    color: var(--ink);
  }
  .panel {
    border-top: 1px solid var(--line);
    padding: 0.75rem 1.125rem;
    max-height: 20rem;
    overflow: auto;
  }
  .panel h3 {
    margin: 0 0 0.4rem;
    font: 650 0.9375rem/1.4 var(--font-ui);
  }
  .panel ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .panel li button {
    display: grid;
    grid-template-columns: 6.6rem 1fr;
    gap: 0.6rem;
    border: 0;
    border-radius: 5px;
    padding: 0.2rem 0.4rem;
    width: 100%;
    min-height: 1.75rem;
    background: none;
    font-weight: 400;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .panel li button time {
    color: var(--soft);
    font: 0.8125rem/1.6 var(--font-code);
  }
  .panel li button[aria-current] {
    background: var(--accent-soft);
    color: var(--ink);
    font-weight: 600;
  }
  .panel pre {
    margin: 0.5rem 0 0;
    font: 0.8125rem/1.5 var(--font-code);
    font-variant-ligatures: none;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .panel pre span {
    display: block;
    padding-inline-start: 1.2rem;
    text-indent: -1.2rem;
  }
  .panel pre .in {
    background: var(--ok-soft);
  }
  .panel pre .out {
    background: var(--bad-soft);
    text-decoration: line-through;
    text-decoration-color: var(--bad);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .trouble {
    margin: 0;
    padding: 1rem 1.125rem;
    color: var(--bad);
  }
  @container (max-width: 619px) {
    .picture {
      padding: 0.75rem 0.625rem 0.5rem;
    }
    .bar,
    .head,
    .now-line,
    .panel {
      padding-inline: 0.75rem;
    }
    .now-line {
      flex-wrap: wrap;
      gap: 0.1rem 0.75rem;
    }
    .now-line .what {
      flex-basis: 100%;
      order: 2;
      min-height: 2.9em;
    }
    .scrub {
      flex-basis: 100%;
      order: 5;
    }
    .clock {
      display: none;
    }
    .panel li button {
      grid-template-columns: 1fr;
      gap: 0;
    }
  }
`

/** The grammar's shapes. */
export const pictureStyles = css`
  text {
    fill: var(--ink);
  }
  .quiet,
  text.quiet {
    fill: var(--soft);
    color: var(--soft);
  }
  text.mono {
    font: 11.5px var(--font-code);
    fill: var(--soft);
  }
  .machine-box {
    fill: none;
    stroke: var(--node);
    stroke-width: 1.4;
  }
  .machine-inner {
    fill: none;
    stroke: var(--control);
    opacity: 0.4;
  }
  .machine-name {
    font-weight: 650;
    font-size: 14px;
  }
  .machine-words {
    font-size: 12.5px;
  }
  .control-plane .machine-box {
    stroke: var(--control);
  }
  .control-plane .machine-name {
    fill: var(--control);
  }
  .outside .machine-box {
    stroke: var(--line-strong);
  }
  .not-ready .machine-box,
  .off .machine-box {
    fill: var(--bad-soft);
    stroke: var(--bad);
    stroke-dasharray: 6 5;
  }
  .not-ready .machine-words,
  .off .machine-words {
    fill: var(--bad);
    font-weight: 600;
  }
  .process text {
    font-size: 12.5px;
  }
  .process-box {
    fill: var(--card);
    stroke: var(--line-strong);
  }
  .process.store .process-box {
    stroke: var(--store);
  }
  .process.active .process-box {
    fill: var(--accent-soft);
    stroke: var(--accent);
    stroke-width: 1.8;
  }
  .process.gone .process-box {
    fill: none;
    stroke-dasharray: 3 4;
  }
  .process.gone text {
    fill: var(--soft);
  }
  .strike {
    fill: none;
    stroke: var(--bad);
    stroke-width: 1.6;
  }
  .pod-box {
    fill: none;
    stroke: var(--pod);
    stroke-width: 1.6;
  }
  .pod.pending .pod-box,
  .pod.creating .pod-box {
    stroke-dasharray: 5 4;
  }
  .pod-fill,
  .pod.running .pod-box,
  .pod.ready .pod-box,
  .pod.succeeded .pod-box {
    fill: var(--pod-soft);
  }
  .pod.failed .pod-box {
    stroke: var(--bad);
  }
  .pod-cross {
    stroke: var(--bad);
    stroke-width: 1.6;
  }
  .pod-bar {
    stroke: var(--pod);
    stroke-width: 4;
  }
  .pod.unreachable .pod-box {
    fill: var(--card);
    stroke: var(--soft);
    stroke-dasharray: 2 4;
  }
  .pod.terminating text {
    fill: var(--ink);
    paint-order: stroke;
    stroke: var(--card);
    stroke-width: 3px;
  }
  .pod-name {
    font-size: 12px;
    font-weight: 620;
  }
  .pod-name.big {
    font-size: 14px;
    font-weight: 650;
  }
  .pod-words {
    fill: var(--soft);
    font-size: 10.5px;
  }
  .pod.ready .pod-words {
    fill: var(--ink);
  }
  .waiting rect:first-child {
    fill: var(--sunk);
    stroke: none;
  }
  .waiting > text {
    fill: var(--soft);
    font-size: 12px;
  }
  .tape rect {
    fill: var(--sunk);
    stroke: var(--line-strong);
  }
  .tape text {
    fill: var(--soft);
    font: 10.5px var(--font-code);
  }
  .tape .current rect {
    fill: var(--store-soft);
    stroke: var(--store);
    stroke-width: 1.6;
  }
  .tape .current text {
    fill: var(--ink);
    font-weight: 700;
  }
  .fold {
    stroke: var(--store);
    stroke-width: 2;
    stroke-dasharray: 2 2;
  }
  .arrow-line {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
  }
  .arrow-head {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .arrow.thin .arrow-line,
  .arrow.thin .arrow-head {
    stroke-width: 1.1;
  }
  .arrow.dotted .arrow-line {
    stroke-dasharray: 1.5 5;
    stroke-linecap: round;
    stroke-width: 2.4;
  }
  .arrow.packet .arrow-line {
    stroke: var(--packet);
  }
  .diamond {
    fill: var(--packet);
    stroke: none;
  }
  .arrow.failed .arrow-line,
  .arrow.failed .arrow-head,
  .arrow.lost .arrow-line,
  .arrow.lost .arrow-head {
    stroke: var(--bad);
  }
  .traveller {
    fill: var(--accent);
    offset-rotate: 0deg;
    opacity: 0;
    animation: travel 240ms ease-out both;
  }
  .packet .traveller {
    fill: var(--packet);
  }
  .moving .arrow-line,
  .moving .arrow-head,
  .ring,
  .point.moving {
    animation: appear 180ms ease-out both;
  }
  @keyframes travel {
    0% {
      offset-distance: 0%;
      opacity: 1;
    }
    85% {
      opacity: 1;
    }
    100% {
      offset-distance: 100%;
      opacity: 0;
    }
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .traveller {
      display: none;
    }
    .moving .arrow-line,
    .moving .arrow-head,
    .ring,
    .point.moving {
      animation: none;
    }
  }
  .tag {
    fill: var(--accent-strong);
    font-size: 12.5px;
    font-weight: 620;
    paint-order: stroke;
    stroke: var(--card);
    stroke-width: 5px;
    stroke-linejoin: round;
  }
  .tag.failed {
    fill: var(--bad);
  }
  .ring {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
  }
  .lane text {
    font-size: 12.5px;
    font-weight: 600;
  }
  .vertical .lane text {
    font-size: 11.5px;
  }
  .lane path {
    stroke: var(--line);
    stroke-width: 1.5;
  }
  .moment {
    cursor: pointer;
  }
  .moment .label {
    font-size: 12px;
    font-weight: 620;
  }
  .moment .subject {
    fill: var(--soft);
    font-size: 11.5px;
  }
  .moment.to-come text {
    fill: var(--faint);
    font-weight: 400;
  }
  .now-ground {
    fill: var(--accent-soft);
    opacity: 0.75;
  }
  .moment:not(.now) .arrow-line,
  .moment:not(.now) .arrow-head {
    stroke: var(--soft);
  }
  .origin {
    fill: var(--soft);
  }
  .point {
    fill: var(--card);
    stroke: var(--accent);
    stroke-width: 2;
  }
  .point.fault {
    stroke: var(--bad);
  }
`
